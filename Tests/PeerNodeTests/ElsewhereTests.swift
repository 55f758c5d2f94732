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

    /// Two who wait for what comes slowly.
    private func whileTwoWait(
        _ body: (_ vader: TestNode, _ gets: [Waiter]) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let vader = nodes[1]
                try await nodes[0].publish("a", Self.bytes)
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let gets = [Waiter("a", vader), Waiter("a", vader)]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for get in gets { group.addTask { await get.run() } }
                    try await eventually("both see it come") {
                        gets.allSatisfy { get in get.said.contains { $0.done > 0 } }
                    }
                    try await body(vader, gets)
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func whoWaitsIsToldThatItIsPaused() async throws {
        try await whileTwoWait { vader, gets in
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
        try await whileTwoWait { vader, gets in
            _ = try await vader.node.change(transfer: "a", .cancel)
            try await eventually("both are over") { gets.allSatisfy { $0.outcome != nil } }
            for get in gets { #expect(get.outcome == .failure(.cancelledElsewhere(name: "a"))) }
            #expect(try await vader.node.transfers().isEmpty)
        }
    }
}
