import DirectoryServer
import Foundation
import Library
import NodeControl
import PeerNode
import TestKit
import Testing

/// What is paused or cancelled while whoever waits for it has no node holds for him when he asks the next one.
@Suite(.timeLimit(.minutes(2))) struct UnheardTests {
    private let network: TestNetwork
    private let home: TemporaryDirectory

    init() throws {
        network = try TestNetwork()
        home = try TemporaryDirectory()
    }

    private static let bytes = content(1_000_000, seed: 1)
    private static let changes: [TransferChange] = [.pause, .cancel]

    private func request(_ name: String, isContinued: Bool? = true) -> DownloadRequest {
        DownloadRequest(name: name, directory: home.path, waits: true, isContinued: isContinued)
    }

    private func failure(_ request: DownloadRequest, _ node: TestNode) async -> NodeFailure? {
        do throws(NodeFailure) { _ = try await node.node.download(request) { _ in } } catch { return error }
        return nil
    }

    /// Vader waits for something of hans when his node and the server end; then `body` has the node that has its place, without a
    /// server, and `later` one with it.
    private func whileSomebodyWaits(
        for name: String, offer: (TestNode, _ to: TestNode) async throws -> Void,
        _ body: (TestNode) async throws -> Void,
        later: (_ vader: TestNode, _ hans: TestNode) async throws -> Void
    ) async throws {
        let hansHome = try TemporaryDirectory()
        let (port, pin) = try await network.running { server in
            let hans = try TestNode("hans", port: server.port, home: hansHome)
            let vader = try TestNode("vader", port: server.port, home: home)
            try await hans.signedIn {
                let get = Waiter(request(name, isContinued: nil), vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await vader.signedIn {
                        try await offer(hans, vader)
                        try await vader.node.setLimits(NodeLimits(downward: 100_000))
                        group.addTask { await get.run() }
                        try await eventually("it begins", within: .seconds(30)) {
                            try await vader.node.transfers().contains { $0.done > 0 }
                        }
                    }
                    try await group.waitForAll()
                }
                if case .success = get.outcome { Issue.record("it came to its end") }
            }
            return (server.port, server.pin)
        }
        let between = try TestNode("vader", port: port, home: home, pin: pin)
        try await between.running {
            try await between.node.rest(as: "vader")
            let waiting = try await between.node.transfers()
            #expect(waiting.allSatisfy { $0.state == .queued } && waiting.contains { $0.done > 0 })
            try await body(between)
            try await between.node.setLimits(NodeLimits())
        }
        try await network.running(port: port) { _ in
            let hans = try TestNode("hans", port: port, home: hansHome)
            try await hans.signedIn {
                let vader = try TestNode("vader", port: port, home: home)
                try await vader.signedIn { try await later(vader, hans) }
            }
        }
    }

    @Test(arguments: changes) func whatWasDoneWithItHoldsForWhoeverWaits(change: TransferChange) async throws {
        let told: NodeFailure = change == .pause ? .pausedElsewhere(name: "a") : .cancelledElsewhere(name: "a")
        try await whileSomebodyWaits(for: "a") { hans, _ in
            try await hans.publish("a", Self.bytes)
        } _: { between in
            _ = try await between.node.change(transfer: "a", change)
            let left: [TransferStatus.State] = change == .pause ? [.paused] : []
            #expect(try await between.node.transfers().map(\.state) == left)
        } later: { vader, _ in
            // Also for several who wait.
            for _ in 0..<2 { #expect(await failure(request("a"), vader) == told) }
            #expect(!vader.exists("a"))
            // Whoever asks now means it.
            try await vader.get("a")
            #expect(try vader.read("a") == Self.bytes)
            #expect(await failure(request("a"), vader) == nil)
        }
    }

    @Test(arguments: [true, false]) func theLastWordHolds(isCancelled: Bool) async throws {
        let changes: [TransferChange] = isCancelled ? [.pause, .resume, .pause, .cancel] : [.pause, .resume]
        try await whileSomebodyWaits(for: "a") { hans, _ in
            try await hans.publish("a", Self.bytes)
        } _: { between in
            for change in changes { _ = try await between.node.change(transfer: "a", change) }
        } later: { vader, _ in
            #expect(await failure(request("a"), vader) == (isCancelled ? .cancelledElsewhere(name: "a") : nil))
            #expect(vader.exists("a") == !isCancelled)
        }
    }

    /// Nobody waits for longer than a week, in whatever node; a clock that is weeks back, so that it was cancelled in weeks, is wrong.
    @Test(arguments: [6, 8, -30]) func aCancellationIsForgottenAfterAWeek(days: Int64) async throws {
        try await whileItIsKept { since in
            since - days * 86_400_000
        } later: { vader, left in
            #expect(left.isEmpty == (days > 7))
            #expect(await failure(request("a"), vader) == (days > 7 ? nil : .cancelledElsewhere(name: "a")))
        }
    }

    /// Nobody knows when what an earlier version kept was cancelled.
    @Test func aCancellationWithoutATimeIsAWeekOldInAWeek() async throws {
        try await whileItIsKept { _ in
            0
        } later: { vader, left in
            guard case .cancelledUnheard(let since) = left.first?.state else {
                Issue.record("\(left)")
                return
            }
            #expect(abs(Date().timeIntervalSince1970 * 1_000 - Double(since)) < 600_000)
            #expect(await failure(request("a"), vader) == .cancelledElsewhere(name: "a"))
        }
    }

    /// Vader cancels what he waits for, at another time than it is.
    private func whileItIsKept(
        _ change: (_ since: Int64) -> Int64, later: (_ vader: TestNode, _ left: [TransferRecord]) async throws -> Void
    ) async throws {
        try await whileSomebodyWaits(for: "a") { hans, _ in
            try await hans.publish("a", Self.bytes)
        } _: { between in
            _ = try await between.node.change(transfer: "a", .cancel)
            let kept = TransferRecords(beside: try PublishedFiles(path: try between.recordPath))
            var record = try #require(try await kept.all().first)
            guard case .cancelledUnheard(let since) = record.state else {
                Issue.record("\(record.state)")
                return
            }
            record.state = .cancelledUnheard(since: change(since))
            try await kept.store(record)
        } later: { vader, _ in
            try await later(vader, TransferRecords(beside: try PublishedFiles(path: try vader.recordPath)).all())
        }
    }

    /// It was not begun anew.
    @Test func whatCannotBeBegunStaysCancelled() async throws {
        try await whileSomebodyWaits(for: "a") { hans, _ in
            try await hans.publish("a", Self.bytes)
        } _: { between in
            _ = try await between.node.change(transfer: "a", .cancel)
        } later: { vader, hans in
            try await hans.publish("b", Self.bytes)
            try await vader.node.setLimits(NodeLimits(downward: 50_000))
            let first = try #require(try await vader.node.enqueue(request("b", isContinued: nil)).first)
            #expect(
                try await vader.failure("a") == .queuedAlready(number: first.number, path: vader.path("b")))
            #expect(await failure(request("a"), vader) == .cancelledElsewhere(name: "a"))
        }
    }

    /// Whatever has the name by then.
    @Test func whatIsBegunAnewIsNotCancelledAnyMore() async throws {
        let other = content(500_000, seed: 2)
        try await whileSomebodyWaits(for: "a") { hans, _ in
            try await hans.publish("a", Self.bytes)
        } _: { between in
            _ = try await between.node.change(transfer: "a", .cancel)
        } later: { vader, hans in
            try await hans.node.unpublish(name: "a")
            try await hans.publish("a", other)
            try await vader.get("a")
            try vader.remove("a")
            #expect(await failure(request("a"), vader) == nil)
            #expect(try vader.read("a") == other)
        }
    }

    @Test(arguments: changes) func whatWasDoneWithASharedFolderHoldsForWhoeverWaits(change: TransferChange) async throws
    {
        let told: NodeFailure = change == .pause ? .pausedElsewhere(name: "music") : .cancelledElsewhere(name: "music")
        try await whileSomebodyWaits(for: "music@hans") { hans, vader in
            try hans.make("music", [("live/one", Self.bytes), ("two", content(1_000_000, seed: 2)), ("three", [3])])
            try await hans.share("music", files: 3, seenBy: vader)
        } _: { between in
            // As it was typed.
            let changed = try await between.node.change(transfer: "music@hans", change)
            #expect(changed.name == "music" && changed.path == "\(home.path)/music" && changed.done > 0)
        } later: { vader, _ in
            #expect(await failure(request("music@hans"), vader) == told)
            #expect(try await vader.node.transfers().allSatisfy { $0.state == .paused || $0.state == .finished })
            try await vader.get("music@hans")
            #expect(try vader.read("music/live/one") == Self.bytes)
        }
    }
}
