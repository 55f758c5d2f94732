import Content
import DirectoryServer
import FoundationEssentials
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Who is let in, where, and until when.
@Suite(.timeLimit(.minutes(2))) struct MembershipTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func failure(_ node: TestNode, _ user: String, _ password: String) async -> NodeFailure? {
        do throws(NodeFailure) {
            try await node.node.signIn(user: user, password: password)
            return nil
        } catch { return error }
    }

    @Test func strangersAndWrongPasswordsAreRefusedAlikeAndMayTryAgain() async throws {
        try await network.running { server in
            let node = try TestNode("hans", port: server.port)
            try await node.running {
                #expect(await failure(node, "hans", "falcon*solo") == .notSignedIn)
                _ = try await node.node.connect()
                #expect(await failure(node, "hans", "wrong") == .authenticationFailed)
                #expect(await failure(node, "nobody", "wrong") == .authenticationFailed)
                #expect(await failure(node, "no body", "wrong") == .authenticationFailed)
                await #expect(throws: NodeFailure.notSignedIn) { try await node.node.activePeers() }
                #expect(await failure(node, "hans", "falcon*solo") == nil)
                #expect(try await node.node.activePeers() == [])
            }
        }
    }

    @Test(arguments: [true, false])
    func whoIsOnlineIsNotLetInTwice(onTheSameComputer: Bool) async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let other = try TestNode("hans", port: server.port, home: onTheSameComputer ? nodes[0].home : nil)
                try await other.running {
                    _ = try await other.node.connect()
                    #expect(await failure(other, "hans", "wrong") == .authenticationFailed)
                    guard case .onlineElsewhere("hans", let place) = await failure(other, "hans", "falcon*solo") else {
                        Issue.record("let in")
                        return
                    }
                    #expect(place.contains("hans's computer"))
                    await nodes[0].node.leave()
                    try await eventually("the place is free") {
                        await failure(other, "hans", "falcon*solo") == nil
                    }
                }
            }
        }
    }

    @Test func loopbackIsPinnedAndAChangeIsToldAndReplaced() async throws {
        let home = try TemporaryDirectory()
        let (port, pin) = try await network.running { server in
            let node = try TestNode("hans", port: server.port, home: home)
            try await node.running {
                let contact = try await node.node.connect()
                #expect(contact == .pinned(server.pin))
            }
            let again = try TestNode("hans", port: server.port, home: home)
            try await again.running {
                let contact = try await again.node.connect()
                #expect(contact == .known(server.pin))
            }
            return (server.port, server.pin)
        }
        try await TestNetwork().running(port: port) { server in
            let node = try TestNode("hans", port: port, home: home)
            try await node.running {
                let contact = try await node.node.connect()
                #expect(contact == .replaced(before: pin, now: server.pin))
                try await node.node.signIn(user: "hans", password: "falcon*solo")
            }
            let expecting = try TestNode("hans", port: port, home: home, pin: pin)
            try await expecting.running {
                let contact = try await expecting.node.connect()
                #expect(contact == .changed(expected: pin, found: server.pin, remembered: false))
                #expect(await failure(expecting, "hans", "falcon*solo") == .notSignedIn)
            }
        }
    }

    /// 0.0.0.0 leads to this host and is not loopback by name: the next best thing to another host.
    @Test func elsewhereSomebodyHasToCompareTheFingerprint() async throws {
        let home = try TemporaryDirectory()
        let address = "0.0.0.0"
        let networks = KnownNetworks(stateDirectory: home.file("state"))
        let port = try await network.running { server in
            let node = try TestNode("hans", port: server.port, home: home, host: address)
            try await node.running {
                let contact = try await node.node.connect()
                #expect(contact == .unknown(server.pin))
                #expect(await failure(node, "hans", "falcon*solo") == .notSignedIn)
                try await node.node.trust(server.pin)
                #expect(await failure(node, "hans", "falcon*solo") == nil)
            }
            return server.port
        }
        try await TestNetwork().running(port: port) { server in
            let server2 = server.pin
            let node = try TestNode("hans", port: port, home: home, host: address)
            let before = try #require(try await networks.pin(at: try HostPort(host: address, port: port)))
            try await node.running {
                let contact = try await node.node.connect()
                #expect(contact == .changed(expected: before, found: server2, remembered: true))
            }
            #expect(try await networks.forget(try HostPort(host: address, port: port)) == before)
            let again = try TestNode("hans", port: port, home: home, host: address)
            try await again.running {
                let contact = try await again.node.connect()
                #expect(contact == .unknown(server2))
            }
        }
    }

    /// What was the newest token when the copy was made is good again.
    @Test func aKeptLoginOutlivesAServerThatWasPutBack() async throws {
        let home = try TemporaryDirectory()
        let (data, copy) = (network.folder.file("data"), network.folder.file("copy"))
        let port = try await network.running { server in
            try await TestNode("hans", port: server.port, home: home).signedIn {}
            return server.port
        }
        func signInAgain() async throws {
            let node = try TestNode("hans", port: port, home: home)
            try await node.running {
                _ = try await node.node.connect()
                try await node.node.signInAgain(user: "hans")
            }
        }
        try FileManager.default.copyItem(atPath: data, toPath: copy)
        try await network.running(port: port) { _ in for _ in 0..<4 { try await signInAgain() } }
        try FileManager.default.removeItem(atPath: data)
        try FileManager.default.copyItem(atPath: copy, toPath: data)
        try await network.running(port: port) { _ in for _ in 0..<2 { try await signInAgain() } }
    }

    /// A network's servers share its key: here one stands for another one.
    @Test func whoStartsAnewGoesOnAtAServerThatIsRemembered() async throws {
        let home = try TemporaryDirectory()
        let dead = try await TestNetwork().running { $0.port }
        let memory = NetworkServers(stateDirectory: home.file("state"))
        try await network.running { server in
            let live = try HostPort(host: "127.0.0.1", port: server.port)
            let lost = try TestNode("hans", port: dead, home: home, pin: server.pin)
            try await lost.running {
                await #expect(throws: ContactFailure.away(address: "127.0.0.1:\(dead)")) {
                    try await lost.node.connect()
                }
            }
            try await memory.remember([try HostPort(host: "127.0.0.1", port: dead), live], of: server.pin)
            let hans = try TestNode("hans", port: dead, home: home, pin: server.pin)
            try await hans.signedIn {
                let status = try await hans.node.status()
                #expect(status.server == "127.0.0.1:\(dead)")
                #expect(status.at == live.description)
            }
            let plain = try TestNode("hans", port: server.port, home: home)
            try await plain.signedIn {
                let at = try await plain.node.status().at
                #expect(at == nil)
            }
        }
        // Another network there is none of ours.
        let pin = try await network.running { $0.pin }
        try await TestNetwork().running { other in
            try await memory.remember([try HostPort(host: "127.0.0.1", port: other.port)], of: pin)
            let hans = try TestNode("hans", port: dead, home: home, pin: pin)
            try await hans.running {
                await #expect(throws: ContactFailure.away(address: "127.0.0.1:\(dead)")) {
                    try await hans.node.connect()
                }
            }
        }
        #expect(await memory.all(of: pin).count == 1)
        try await memory.forget(pin)
        #expect(await memory.all(of: pin).isEmpty)
    }

    @Test func nobodyThereIsSaid() async throws {
        let port = try await network.running { $0.port }
        let node = try TestNode("hans", port: port)
        try await node.running {
            await #expect(throws: ContactFailure.away(address: "127.0.0.1:\(port)")) { try await node.node.connect() }
        }
        let lost = try TestNode("hans", port: port, host: "no-such-host.invalid")
        try await lost.running {
            await #expect(throws: ContactFailure.unknownHost("no-such-host.invalid")) { try await lost.node.connect() }
        }
    }

    @Test func theExpelledAreOutAndTheirLinksAreCut() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await hans.publish("a", content(100_000, seed: 1))
                try network.setAccounts(TestNetwork.passwords.filter { $0.key != "vader" })
                server.reloadCredentials()
                try await eventually("the notice") { vader.notices.contains(.expelled) }
                await #expect(throws: NodeFailure.expelled) { try await vader.node.activePeers() }
                #expect(try await vader.failure("a") == .expelled)
                #expect(try await hans.node.activePeers() == [])
            }
        }
    }

    @Test func theStateIsReadableByItsOwnerAlone() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let files = FileManager.default
                let state = nodes[0].path("state/\(server.pin)/user-hans")
                let key = try files.attributesOfItem(atPath: "\(state)/device-key.pem")
                #expect((key[.posixPermissions] as? Int).map { $0 & 0o777 } == 0o600)
                let folder = try files.attributesOfItem(atPath: state)
                #expect((folder[.posixPermissions] as? Int).map { $0 & 0o777 } == 0o700)
            }
        }
    }
}
