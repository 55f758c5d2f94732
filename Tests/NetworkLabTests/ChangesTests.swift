import FoundationEssentials
import Glibc
import NIOCore
import NetworkTestKit
import TestKit
import Testing

/// What can be changed and measured while programs run.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct ChangesTests {
    private func endpoint(_ lab: Lab, _ host: String, _ port: Int) throws -> SocketAddress {
        try SocketAddress(ipAddress: lab.ipv4(of: host), port: port)
    }

    private func hears(_ lab: Lab, _ server: LabSocket, _ host: String) async throws -> String? {
        try lab.udp(host).send("hello", to: endpoint(lab, "server", server.port))
        do {
            return try await server.receive(within: .milliseconds(200)).from.ipAddress
        } catch TestKitError.timedOut {
            return nil
        }
    }

    @Test func aCableIsCutAndRestored() async throws {
        let lab = try await Lab.pair(.none, .portRestricted)
        let server = try lab.udp("server")
        for (host, name) in [("a", "a"), ("b", "b"), ("b", "siteb"), ("b", "server")] {
            #expect(try await hears(lab, server, host) != nil)
            try await lab.cut(name)
            #expect(try await hears(lab, server, host) == nil)
            try await lab.restore(name)
            #expect(try await hears(lab, server, host) != nil)
        }
    }

    @Test func aHostMovesToAnotherNetwork() async throws {
        let lab = try await Lab.start(
            LabPlan(sites: [
                Site("home", .portRestricted, hosts: ["hans"]),
                Site("cafe", .symmetric, hosts: ["greta"], families: .dual),
                Site("garden", .portRestricted, hosts: [], families: .dual),
            ]))
        let server = try lab.udp("server")
        let kept = try lab.udp("hans")
        #expect(try await hears(lab, server, "hans") == lab.ipv4(of: "home"))
        let first = try lab.addresses(of: "hans")
        try await lab.move("hans", to: "home")
        #expect(try lab.addresses(of: "hans") != first)
        #expect(try await hears(lab, server, "hans") == lab.ipv4(of: "home"))
        try await lab.move("hans", to: "cafe")
        #expect(try lab.addresses(of: "hans") == ["192.168.2.11", "2001:db8:2::11"])
        #expect(try await hears(lab, server, "hans") == lab.ipv4(of: "cafe"))
        // A socket that is bound to no address goes with him.
        kept.send("hello", to: try endpoint(lab, "server", server.port))
        #expect(try await server.receive().from.ipAddress == lab.ipv4(of: "cafe"))
        try await lab.move("hans", to: "garden")
        #expect(try await hears(lab, server, "hans") == lab.ipv4(of: "garden"))
        try await lab.move("hans", to: LabPlan.internetName)
        #expect(try await hears(lab, server, "hans") == lab.ipv4(of: "hans"))
        await #expect(throws: TestKitError.self) { try await lab.move("hans", to: "nowhere") }
    }

    @Test func aRouterBecomesAnotherOne() async throws {
        let lab = try await Lab.start(NATProbe.plan(Site("home", .symmetric, hosts: ["hans"])))
        let probe = NATProbe(lab: lab, host: "hans")
        #expect(try await probe.udp().mapping == .dependent)
        try await lab.setNAT(.fullCone, of: "home")
        #expect(
            try await probe.udp()
                == NATBehaviour(keepsPort: true, mapping: .endpointIndependent, filtering: .none))
        await #expect(throws: TestKitError.self) { try await lab.setNAT(.none, of: "home") }
    }

    @Test func trafficIsCountedByWhomItWasWith() async throws {
        let lab = try await Lab.start(
            LabPlan(sites: [Site("home", .portRestricted, hosts: ["hans", "greta"], families: .dual)]))
        let (server, six, inside) = try (lab.udp("server"), lab.udp("server", isIPv6: true), lab.udp("greta"))
        let hans = try lab.udp("hans")
        let text = String(repeating: "x", count: 972)
        for _ in 0..<3 { hans.send(text, to: try endpoint(lab, "server", server.port)) }
        hans.send(text, to: try endpoint(lab, "greta", inside.port))
        try lab.udp("hans", isIPv6: true).send(
            text, to: SocketAddress(ipAddress: lab.ipv6(of: "server"), port: six.port))
        server.send("answer", to: try await server.receive().from)
        _ = try await hans.receive()
        let traffic = try await lab.traffic(of: "hans")
        // 20 bytes of IPv4 and 8 of UDP are before each.
        #expect(try traffic.bytes(with: lab.ipv4(of: "server"), port: server.port) == 3 * 1_000 + 34)
        #expect(try traffic.bytes(with: lab.ipv4(of: "greta")) == 1_000)
        #expect(try traffic.bytes(with: lab.ipv6(of: "server")) == 1_020)
        let received = traffic.flows.filter { !$0.isSent }
        #expect(received.map(\.packets) == [1] && received.allSatisfy { !$0.isTCP })
    }

    @Test func whatPassesCanBeRead() async throws {
        let lab = try await Lab.pair(.none, .none)
        let capture = try lab.capture(at: "server")
        let server = try lab.udp("server")
        try lab.udp("a").send("nothing is secret here", to: endpoint(lab, "server", server.port))
        _ = try await server.receive()
        let secret = Array("nothing is secret here".utf8)
        #expect(capture.packets().contains { $0.suffix(secret.count).elementsEqual(secret) })
        #expect(capture.packets().isEmpty)
    }

    /// 1 MiB at 8 Mbit/s takes a second, less what passes before the limit bites.
    @Test func aLineHasARate() async throws {
        let lab = try await Lab.pair(.none, .none)
        try await lab.limit("a", megabitsPerSecond: 8)
        let listener = try await lab.start(
            "server", "/usr/bin/python3",
            [
                "-c",
                "import socket;s=socket.create_server(('',9000));print('up',flush=True);c=s.accept()[0]\nwhile c.recv(65536):pass\nprint('done')",
            ])
        try await listener.output.expect("up\n")
        let started = ContinuousClock.now
        _ = try await lab.output(
            "a", "/usr/bin/python3",
            [
                "-c",
                "import socket;s=socket.create_connection(('\(lab.ipv4(of: "server"))',9000));s.sendall(bytes(1<<20))",
            ])
        try await listener.output.expect("done\n")
        #expect(ContinuousClock.now - started > .milliseconds(700))
    }
}
