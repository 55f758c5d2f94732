import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// What is queued, and is on this computer already.
@Suite(.timeLimit(.minutes(2))) struct QueuedCopyTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Whoever published it: it comes at once.
    @Test func whatIsHereUnderAnotherNameIsNotWaitedFor() async throws {
        try await network.running { server in
            let vader = try TestNode("vader", port: server.port)
            let hans = try TestNode("hans", port: server.port)
            try await vader.signedIn {
                try await vader.publish("mine", content(1_000_000, seed: 7))
                try await hans.signedIn {
                    try await hans.publish("a", content(1_000_000, seed: 7))
                    try await hans.publish("empty", [])
                    try await hans.publish("b", content(1_000_000, seed: 8))
                }
                for (name, isWaiting) in [("a", false), ("empty", false), ("b", true)] {
                    let request = DownloadRequest(name: name, directory: vader.home.path)
                    let states = try await vader.node.enqueue(request).map(\.state)
                    #expect(states.count == 1 && states.contains(.waiting) == isWaiting, "\(name): \(states)")
                }
                try await eventually("the copy") {
                    try await vader.node.transfers().contains { $0.name == "a" && $0.state == .finished }
                }
                #expect(try vader.read("a") == content(1_000_000, seed: 7))
            }
        }
    }
}
