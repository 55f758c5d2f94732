import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// Who waits for a download that its user pauses or cancels elsewhere does not any longer, and is told so.
@Suite(.timeLimit(.minutes(2))) struct ElsewhereTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let bytes = content(1_000_000, seed: 1)

    @Test func whoWaitsIsToldThatItIsPaused() async throws {
        try await network.whileTwoWait(for: Self.bytes) { vader, gets in
            #expect(try await vader.node.change(transfer: "a", .pause).state == .paused)
            try await eventually("both are over") { gets.allSatisfy { $0.outcome != nil } }
            for get in gets { #expect(get.outcome == .failure(.pausedElsewhere(name: "a"))) }
            let left = try #require(try await vader.node.transfers().first)
            #expect(left.state == .paused && left.done > 0)
            // The same get goes on from there.
            try await vader.node.setLimits(NodeLimits())
            try await vader.get("a")
            #expect(try vader.read("a") == Self.bytes)
        }
    }

    @Test func whoWaitsIsToldThatItIsCancelled() async throws {
        try await network.whileTwoWait(for: Self.bytes) { vader, gets in
            _ = try await vader.node.change(transfer: "a", .cancel)
            try await eventually("both are over") { gets.allSatisfy { $0.outcome != nil } }
            for get in gets { #expect(get.outcome == .failure(.cancelledElsewhere(name: "a"))) }
            #expect(try await vader.node.transfers().isEmpty)
        }
    }

    // MARK: Folders that others share

    /// By the word with which it was asked for, and of what is not begun yet, too.
    @Test(arguments: [TransferChange.pause, .cancel]) func aSharedFolderStopsAsAWhole(change: TransferChange)
        async throws
    {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let files = (0..<6).map { ("live/\($0)", content(400_000, seed: UInt64(40 + $0))) }
                try hans.make("music", files + [("cover", [1])])
                try await hans.share("music", files: 7, seenBy: vader)
                try await vader.node.setLimits(NodeLimits(downward: 100_000, active: 2))
                let get = Waiter("music/live@hans", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("it begins", within: .seconds(30)) {
                        try await vader.node.transfers().contains { $0.done > 0 }
                    }
                    let changed = try await vader.node.change(transfer: "music/live@hans", change)
                    #expect(changed.name == "music/live" && changed.path == vader.path("live"))
                    try await group.waitForAll()
                }
                let told: NodeFailure =
                    change == .pause ? .pausedElsewhere(name: "music/live") : .cancelledElsewhere(name: "music/live")
                #expect(get.outcome == .failure(told))
                let left = try await vader.node.transfers()
                #expect(left.allSatisfy { $0.state == .paused } && left.isEmpty == (change == .cancel))
                // The same get goes on, or begins anew.
                try await vader.node.setLimits(NodeLimits())
                try await vader.get("music/live@hans")
                for (path, bytes) in files { #expect(try vader.read(path) == bytes) }
                await #expect(throws: NodeFailure.noSuchTransfer("music/other@hans")) {
                    try await vader.node.change(transfer: "music/other@hans", change)
                }
            }
        }
    }

    @Test func oneOfAFolderIsPausedAndTheOthersCome() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("music", [("one", Self.bytes), ("two", content(1_000_000, seed: 2))])
                try await hans.share("music", files: 2, seenBy: vader)
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let get = Waiter("music", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("both begin", within: .seconds(30)) {
                        try await vader.node.transfers().count { $0.done > 0 } == 2
                    }
                    // With what chose its owner, though it is not called so.
                    #expect(try await vader.node.change(transfer: "music/one@hans", .pause).name == "music/one")
                    try await vader.node.setLimits(NodeLimits())
                    try await group.waitForAll()
                }
                let reason = NodeFailure.pausedElsewhere(name: "music/one")
                #expect(
                    get.outcome
                        == .failure(
                            .filesMissing(
                                name: "music", missing: 1, of: 2,
                                first: [MissingFile(name: "music/one", reason: reason)])))
                #expect(vader.exists("music/two"))
            }
        }
    }
}
