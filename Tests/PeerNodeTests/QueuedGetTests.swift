import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// Who asks with `get` for what is in the queue already.
@Suite(.timeLimit(.minutes(2))) struct QueuedGetTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let bytes = content(1_000_000, seed: 1)

    /// In the queue, and slow.
    private func begin(_ vader: TestNode) async throws -> TransferStatus {
        try await vader.node.setLimits(NodeLimits(downward: 200_000))
        let queued = try await vader.node.enqueue(DownloadRequest(name: "a", directory: vader.home.path))
        try await eventually("it begins") { try await vader.node.transfers().contains { $0.done > 0 } }
        return try #require(queued.first)
    }

    @Test func whoWaitedForItIsToldOnce() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let vader = nodes[1]
                try await nodes[0].publish("a", Self.bytes)
                _ = try await begin(vader)
                let isWaiting = OneSign()
                async let outcome = vader.node.download(DownloadRequest(name: "a", directory: vader.home.path)) { _ in
                    isWaiting.give()
                }
                await isWaiting.wait()
                try await vader.node.setLimits(NodeLimits())
                guard case .completed(_, _, _, _, sources: ["hans"]) = try await outcome else {
                    Issue.record("it was not told to who waited")
                    return
                }
                #expect(!vader.notices.contains(.downloaded(name: "a", path: vader.path("a"))))
            }
        }
    }

    /// Nobody who has it is online: it is not lost, but waits.
    @Test func whatWaitsForItsOwnerIsSaidToDoSo() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                let queued = try await hans.signedIn {
                    try await hans.publish("a", Self.bytes)
                    return try await begin(vader)
                }
                let failure = try await vader.failure("a")
                guard case .waitsInQueue("a", queued.number, let done, 1_000_000, _) = failure, done > 0 else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
                // Who left in order has not failed.
                try await eventually("it is told that hans left") {
                    vader.notices.contains(
                        .sourceLost(name: "a", source: "hans", reason: "closed the connection"))
                }
                // Under another name it would be another transfer.
                guard case .notFound = try await vader.failure("a", output: "b") else {
                    Issue.record("it was found")
                    return
                }
                try await vader.node.setLimits(NodeLimits())
                let again = try TestNode("hans", port: server.port, home: hans.home)
                try await again.signedIn {
                    try await eventually("it is whole") {
                        vader.notices.contains(.downloaded(name: "a", path: vader.path("a")))
                    }
                }
                #expect(try vader.read("a") == Self.bytes)
            }
        }
    }
}

/// Lets one wait for the first of many signs.
private struct OneSign: Sendable {
    private let signs: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (signs, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func give() { continuation.yield() }
    func wait() async { for await _ in signs { return } }
}
