import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// A member whose server is away has what is recorded here.
@Suite(.timeLimit(.minutes(2))) struct RestingTests {
    private let network: TestNetwork
    private let home: TemporaryDirectory

    init() throws {
        network = try TestNetwork()
        home = try TemporaryDirectory()
    }

    /// Three downloads of vader that have begun, of which the last is paused.
    private func begin() async throws -> (port: UInt16, vader: @Sendable () throws -> TestNode) {
        let (port, pin) = try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let vader = try TestNode("vader", port: server.port, home: home)
            try await hans.signedIn {
                try await vader.signedIn {
                    try await vader.node.setLimits(NodeLimits(downward: 100_000, active: 3))
                    for (seed, name) in ["a", "b", "c"].enumerated() {
                        try await hans.publish(name, content(1_000_000, seed: UInt64(seed)))
                        _ = try await vader.node.enqueue(DownloadRequest(name: name, directory: home.path))
                    }
                    try await eventually("all begin") {
                        try await vader.node.transfers().count { $0.done > 0 } == 3
                    }
                    _ = try await vader.node.change(transfer: "c", .pause)
                }
            }
            return (server.port, server.pin)
        }
        return (port, { [home] in try TestNode("vader", port: port, home: home, pin: pin) })
    }

    @Test func theQueueIsSeenAndChangedWithoutTheServer() async throws {
        let (port, vader) = try await begin()
        let away = NodeFailure.serverAway(address: "127.0.0.1:\(port)")
        let first = try vader()
        try await first.running {
            try await first.node.rest(as: "vader")
            try await first.node.signInAgain(user: "vader")
            let listed = try await first.node.transfers()
            #expect(listed.map(\.name) == ["a", "b", "c"] && listed.allSatisfy { $0.done > 0 })
            #expect(listed.map(\.state) == [.queued, .queued, .paused])
            #expect(try await first.node.change(transfer: "a", .pause).state == .paused)
            #expect(try await first.node.change(transfer: "c", .resume).state == .queued)
            _ = try await first.node.change(transfer: "c", .moveToFront)
            _ = try await first.node.change(transfer: "b", .cancel)
            #expect(try await first.node.limits().downward == 100_000)
            try await first.node.setLimits(NodeLimits())
            let left = try await first.node.transfers()
            #expect(left.map(\.name) == ["c", "a"] && left.map(\.state) == [.queued, .paused])
            // All else needs the server.
            await #expect(throws: away) { try await first.node.activePeers() }
            await #expect(throws: away) { try await first.get("a") }
            await #expect(throws: away) { try await first.node.status() }
            await #expect(throws: NodeFailure.notSignedIn) {
                try await first.node.signIn(user: "vader", password: TestNetwork.passwords["vader"] ?? "")
            }
            // Nobody else is this member meanwhile.
            let second = try vader()
            try await second.running {
                await #expect {
                    try await second.node.rest(as: "vader")
                } throws: { failure in
                    guard case NodeFailure.onlineElsewhere("vader", _) = failure else { return false }
                    return true
                }
            }
        }
        let hans = try TestNode("hans", port: port)
        try await network.running(port: port) { _ in
            try await hans.signedIn {
                try await hans.publish("c", content(1_000_000, seed: 2))
                let again = try vader()
                try await again.signedIn {
                    #expect(try await again.node.transfers().map(\.name) == ["c", "a"])
                    try await eventually("it goes on") { again.exists("c") }
                    #expect(try await again.node.transfers().first { $0.name == "a" }?.state == .paused)
                }
            }
        }
    }

    @Test func whoWasNeverHereHasNothing() async throws {
        let (_, vader) = try await begin()
        let node = try vader()
        try await node.running {
            await #expect(throws: NodeFailure.authenticationFailed) { try await node.node.rest(as: "leia") }
            await #expect(throws: NodeFailure.authenticationFailed) { try await node.node.rest(as: "") }
            await #expect(throws: NodeFailure.notSignedIn) { try await node.node.transfers() }
        }
    }
}
