import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// What is paused or cancelled of a shared folder while all of it is fetched is left out, begun or not, and the rest comes.
@Suite(.timeLimit(.minutes(2))) struct RestingPartTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let names = ["a", "live/0", "live/1", "live/2", "live/late/3", "z"]
    private static let live = names.filter { $0.hasPrefix("live/") }
    private static let bytes = Dictionary(
        uniqueKeysWithValues: names.enumerated().map { ($1, content(400_000, seed: UInt64(60 + $0))) })

    /// Vader gets all of hans's music, so many files at a time, slowly; `body` is called when so many have begun.
    private func whileItComes(
        atOnce width: Int, before: (_ vader: TestNode) async throws -> Void = { _ in },
        _ body: (_ vader: TestNode, _ get: Waiter) async throws -> Void,
        later: (_ vader: TestNode, _ get: Waiter) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("music", Self.names.compactMap { name in Self.bytes[name].map { (name, $0) } })
                try await hans.share("music", files: Self.names.count, seenBy: vader)
                try await before(vader)
                try await vader.node.setLimits(NodeLimits(downward: 50_000, active: width))
                let get = Waiter("music", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("\(width) begin", within: .seconds(30)) {
                        try await vader.node.transfers().count { $0.state == .active && $0.done > 0 } == width
                    }
                    try await body(vader, get)
                    try await group.waitForAll()
                }
                try await later(vader, get)
            }
        }
    }

    private func missing(_ names: [String], _ reason: NodeFailure) -> NodeFailure {
        .filesMissing(
            name: "music", missing: names.count, of: Self.names.count,
            first: names.map { MissingFile(name: "music/\($0)", reason: reason) })
    }

    @Test(arguments: [TransferChange.pause, .cancel], [1, 3])
    func aPartIsLeftOutAndTheRestComes(change: TransferChange, width: Int) async throws {
        try await whileItComes(atOnce: width) { vader, _ in
            let changed = try await vader.node.change(transfer: "music/live@hans", change)
            #expect(changed.name == "music/live" && changed.path == vader.path("music/live"))
            await #expect(throws: NodeFailure.noSuchTransfer("music/other")) {
                try await vader.node.change(transfer: "music/other", change)
            }
            try await vader.node.setLimits(NodeLimits())
        } later: { vader, get in
            let reason: NodeFailure =
                change == .pause ? .pausedElsewhere(name: "music/live") : .cancelledElsewhere(name: "music/live")
            #expect(get.outcome == .failure(missing(Self.live, reason)))
            for name in ["a", "z"] { #expect(try vader.read("music/\(name)") == Self.bytes[name]) }
            for name in Self.live { #expect(!vader.exists("music/\(name)")) }
            let left = try await vader.node.transfers().filter { $0.state != .finished }
            #expect(left.allSatisfy { $0.state == .paused } && left.count == (change == .pause ? width - 1 : 0))
            // Whoever asks now means all of it.
            try await vader.get("music")
            for (name, bytes) in Self.bytes { #expect(try vader.read("music/\(name)") == bytes) }
        }
    }

    @Test(arguments: [1, 3]) func whatIsResumedComesWithTheRest(width: Int) async throws {
        try await whileItComes(atOnce: width) { vader, get in
            #expect(try await vader.node.change(transfer: "music/live", .pause).state == .paused)
            // It keeps the get until the part was seen to rest.
            _ = try await vader.node.change(transfer: "music/a", .limit(.down, NodeLimits.leastRate))
            try await vader.node.setLimits(NodeLimits(active: 3))
            if width > 1 { try await eventually("the rest is there") { vader.exists("music/z") } }
            for name in Self.live { #expect(!vader.exists("music/\(name)")) }
            // One of it alone, and then the others.
            _ = try await vader.node.change(transfer: "music/live/2", .resume)
            if width > 1 { try await eventually("one of it is there") { vader.exists("music/live/2") } }
            #expect(!vader.exists("music/live/1"))
            _ = try await vader.node.change(transfer: "music/live", .resume)
            if width > 1 {
                try await eventually("all of it is there") { Self.live.allSatisfy { vader.exists("music/\($0)") } }
            }
            #expect(get.outcome == nil)
            _ = try await vader.node.change(transfer: "music/a", .limit(.down, nil))
        } later: { vader, get in
            guard case .success(.completed("music", _, 2_400_000, 6, ["hans"])) = get.outcome else {
                Issue.record("\(String(describing: get.outcome))")
                return
            }
        }
    }

    /// Of a file that has not begun as of one that has.
    @Test(arguments: ["music/a", "music/z"]) func oneFileIsLeftOut(name: String) async throws {
        try await whileItComes(atOnce: 1) { vader, _ in
            #expect(try await vader.node.change(transfer: name, .pause).name == name)
            try await vader.node.setLimits(NodeLimits())
        } later: { vader, get in
            #expect(get.outcome == .failure(missing([String(name.dropFirst(6))], .pausedElsewhere(name: name))))
            #expect(!vader.exists(name))
        }
    }

    /// What ended earlier has the name, too, and is not what comes.
    @Test(arguments: [TransferChange.pause, .cancel]) func whatHasEndedHidesNothing(change: TransferChange) async throws
    {
        let name = "music/live/0"
        try await whileItComes(atOnce: 1) { vader in
            try await vader.get(name, output: vader.path("old"))
            try await vader.get(name, output: vader.path("older"))
        } _: { vader, _ in
            #expect(try await vader.node.transfers().count { $0.name == name && $0.state == .finished } == 2)
            #expect(try await vader.node.change(transfer: name, change).path == vader.path(name))
            #expect(try await vader.node.transfers().count { $0.name == name && $0.state == .finished } == 2)
            try await vader.node.setLimits(NodeLimits())
        } later: { vader, get in
            let reason: NodeFailure =
                change == .pause ? .pausedElsewhere(name: name) : .cancelledElsewhere(name: name)
            #expect(get.outcome == .failure(missing(["live/0"], reason)))
            #expect(!vader.exists(name) && vader.exists("old"))
        }
    }

    /// Whoever has it come to two places is asked which, though nothing of it has begun at either.
    @Test func whatComesToTwoPlacesIsNotBothMeant() async throws {
        try await whileItComes(atOnce: 1) { vader, _ in
            try vader.make("other", [("own", [1])])
            let second = Waiter(DownloadRequest(name: "music", directory: vader.path("other")), vader)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await second.run() }
                try await eventually("it begins there, too", within: .seconds(30)) {
                    try await vader.node.transfers().contains { $0.path == vader.path("other/music/a") }
                }
                for name in ["music/live", "music/z"] {
                    let places = [name, "other/\(name)"].map(vader.path)
                    for change in [TransferChange.pause, .cancel, .resume] {
                        await #expect(
                            throws: NodeFailure.severalTransfers(name: name, numbers: [], places: places.sorted())
                        ) {
                            try await vader.node.change(transfer: name, change)
                        }
                    }
                }
                second.interrupt()
                try await group.waitForAll()
            }
            // There is one place left.
            #expect(try await vader.node.change(transfer: "music/z", .pause).path == vader.path("music/z"))
            try await vader.node.setLimits(NodeLimits())
        } later: { _, get in
            #expect(get.outcome == .failure(missing(["z"], .pausedElsewhere(name: "music/z"))))
        }
    }

    /// What cannot be kept does not hold: it stays what it was before, which is paused.
    @Test func whatCouldNotBeCancelledIsNot() async throws {
        try await whileItComes(atOnce: 1) { vader, _ in
            let number = try #require(try await vader.node.transfers().first { $0.name == "music/a" }).number
            _ = try await vader.node.change(transfer: "\(number)", .pause)
            try await vader.whileNothingIsForgotten {
                await #expect(throws: NodeFailure.self) {
                    try await vader.node.change(transfer: "\(number)", .cancel)
                }
            }
            try await vader.node.setLimits(NodeLimits())
        } later: { _, get in
            #expect(get.outcome == .failure(missing(["a"], .pausedElsewhere(name: "music/a"))))
        }
    }

    /// What stands there by then is not missing.
    @Test func whatCameByAnotherGetIsNotMissing() async throws {
        try await whileItComes(atOnce: 1) { vader, _ in
            _ = try await vader.node.change(transfer: "music/live/late", .pause)
            try vader.make("music", [("live/late/3", try #require(Self.bytes["live/late/3"]))])
            try await vader.node.setLimits(NodeLimits())
        } later: { _, get in
            guard case .success(.completed("music", _, 2_000_000, 5, ["hans"])) = get.outcome else {
                Issue.record("\(String(describing: get.outcome))")
                return
            }
        }
    }

    /// Of two of one content the second is copied when the first is there: while that is paused it rests, too.
    @Test(arguments: [1, 2], [true, false])
    func whatIsOfOneContentRestsTogether(width: Int, isResumed: Bool) async throws {
        let (twin, third) = (content(1_000_000, seed: 1), content(400_000, seed: 3))
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("music", [("a", twin), ("b", twin), ("c", third)])
                try await hans.share("music", files: 3, seenBy: vader)
                try await vader.node.setLimits(NodeLimits(downward: 50_000, active: width))
                let get = Waiter("music", vader)
                // Of two at a time either may be the first.
                var first = ""
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("one of them begins", within: .seconds(30)) {
                        let begun = try await vader.node.transfers().first { $0.name != "music/c" && $0.done > 0 }
                        first = begun?.name ?? ""
                        return begun != nil
                    }
                    _ = try await vader.node.change(transfer: first, .pause)
                    try await eventually("c begins", within: .seconds(30)) {
                        try await vader.node.transfers().contains { $0.name == "music/c" && $0.done > 0 }
                    }
                    if isResumed { _ = try await vader.node.change(transfer: first, .resume) }
                    try await vader.node.setLimits(NodeLimits())
                    try await group.waitForAll()
                }
                guard isResumed else {
                    let reason = NodeFailure.pausedElsewhere(name: first)
                    let missing = ["a", "b"].map { MissingFile(name: "music/\($0)", reason: reason) }
                    let told = NodeFailure.filesMissing(name: "music", missing: 2, of: 3, first: missing)
                    #expect(get.outcome == .failure(told))
                    #expect(try vader.read("music/c") == third)
                    return
                }
                guard case .success(.completed("music", _, 2_400_000, 3, ["hans"])) = get.outcome else {
                    Issue.record("\(String(describing: get.outcome))")
                    return
                }
            }
        }
    }
}
