import Content
import DirectoryServer
import NodeControl
import PeerNode
import Synchronization
import TestKit
import Testing
import Wire

/// The server goes and comes back; what goes on, goes on.
@Suite(.timeLimit(.minutes(2))) struct RestartTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func signIn(_ node: TestNode) async throws {
        _ = try await node.node.connect()
        try await node.node.signIn(user: node.name, password: TestNetwork.passwords[node.name] ?? "")
    }

    @Test func membersComeBackByThemselvesAndPublicationsAreThere() async throws {
        let port = try await network.running { $0.port }
        let hans = try TestNode("hans", port: port)
        let vader = try TestNode("vader", port: port)
        let bytes = content(500_000, seed: 1)
        try await hans.running {
            try await vader.running {
                let file = try await network.running(port: port) { _ in
                    for node in [hans, vader] { try await signIn(node) }
                    return try await hans.publish("a", bytes)
                }
                await #expect(throws: NodeFailure.serverAway(address: "127.0.0.1:\(port)")) {
                    try await vader.node.activePeers()
                }
                try await eventually("the notice") { vader.notices.contains(.serverAway(address: "127.0.0.1:\(port)")) }
                try await network.running(port: port) { _ in
                    try await eventually("hans serves") { try await vader.node.search("a") == ["a"] }
                    #expect(try await hans.node.published() == [file])
                    try await vader.get("a")
                    #expect(try vader.read("a") == bytes)
                    #expect(vader.notices.contains(.serverBack(address: "127.0.0.1:\(port)")))
                }
            }
        }
    }

    @Test func aDownloadGoesOnWithoutTheServer() async throws {
        let port = try await network.running { $0.port }
        let hans = try TestNode("hans", port: port)
        let vader = try TestNode("vader", port: port)
        let bytes = content(64 << 20, seed: 1)
        try await hans.running {
            try await vader.running {
                let hasBegun = Flag()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await network.running(port: port) { _ in
                        for node in [hans, vader] { try await signIn(node) }
                        try await hans.publish("a", bytes)
                        group.addTask {
                            _ = try await vader.node.download(DownloadRequest(name: "a", directory: vader.home.path)) {
                                if $0.activity == .downloading { hasBegun.raise() }
                            }
                        }
                        await hasBegun.isRaised()
                    }
                    try await group.waitForAll()
                }
                #expect(try vader.read("a") == bytes)
            }
        }
    }

    @Test func anotherNetworkAtTheAddressIsToldAndTheOldOneIsWelcomeAgain() async throws {
        let (port, pin) = try await network.running { ($0.port, $0.pin) }
        let hans = try TestNode("hans", port: port)
        try await hans.running {
            try await network.running(port: port) { _ in try await signIn(hans) }
            try await TestNetwork().running(port: port) { server in
                let (expected, found) = (pin.description, server.pin.description)
                let address = "127.0.0.1:\(port)"
                await #expect(
                    throws: NodeFailure.networkReplaced(address: address, expected: expected, found: found)
                ) { try await hans.node.activePeers() }
                try await eventually("the notice") {
                    hans.notices.contains(.networkReplaced(address: address, expected: expected, found: found))
                }
                #expect(hans.notices.all.count == 1)
            }
            try await network.running(port: port) { _ in
                try await eventually("it is back") { hans.notices.contains(.serverBack(address: "127.0.0.1:\(port)")) }
                try await eventually("it answers") { (try? await hans.node.activePeers()) == [] }
            }
        }
    }
}

/// Something that happens once, and can be waited for.
final class Flag: Sendable {
    private let state = Mutex<(isRaised: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func raise() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func isRaised() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if !state.isRaised { state.waiters.append(continuation) }
                return state.isRaised
            }
            if isRaised { continuation.resume() }
        }
    }
}
