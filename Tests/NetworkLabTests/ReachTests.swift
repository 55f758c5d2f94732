import NIOCore
import NetworkTestKit
import TestKit
import Testing

/// Which protocols a site has, and what its firewall lets through.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct ReachTests {
    private func connects(
        _ lab: Lab, _ host: String, to name: String, port: Int, isIPv6: Bool = false,
        within limit: Duration = .milliseconds(200)
    ) async throws -> Bool {
        let address = try SocketAddress(
            ipAddress: isIPv6 ? lab.ipv6(of: name) : lab.ipv4(of: name), port: port)
        return try await lab.tcp(host, isIPv6: isIPv6).connects(to: address, within: limit)
    }

    /// Whether datagrams pass there and back.
    private func echoes(_ lab: Lab, _ host: String, from name: String) async throws -> Bool {
        let (inside, outside) = try (lab.udp(host), lab.udp(name))
        inside.send("asked", to: try SocketAddress(ipAddress: lab.ipv4(of: name), port: outside.port))
        do {
            outside.send("answered", to: try await outside.receive(within: .milliseconds(200)).from)
            return try await inside.receive().text == "answered"
        } catch TestKitError.timedOut {
            return false
        }
    }

    @Test func onlyIPv6() async throws {
        let lab = try await Lab.start(
            LabPlan(sites: [
                Site("new", .portRestricted, hosts: ["hans"], families: .ipv6),
                Site("both", .portRestricted, hosts: ["greta"], families: .dual),
            ]))
        let addresses = try await lab.output("hans", "ip", ["-4", "addr", "show", "dev", "eth0"])
        #expect(addresses.isEmpty)
        #expect(try lab.addresses(of: "hans") == ["2001:db8:1::10"])
        #expect(throws: TestKitError.self) { try lab.ipv4(of: "hans") }
        let (four, six) = try (lab.listener("server"), lab.listener("server", isIPv6: true))
        #expect(try await connects(lab, "hans", to: "server", port: six.port, isIPv6: true))
        // The address is that of the host himself, which no router changes.
        #expect(try await six.accept().from.ipAddress == "2001:db8:1::10")
        #expect(try await !connects(lab, "hans", to: "server", port: four.port))
        #expect(try await connects(lab, "greta", to: "server", port: four.port))
        #expect(try await connects(lab, "greta", to: "server", port: six.port, isIPv6: true))
        // Each is behind a router that lets in only what began inside.
        let inside = try lab.listener("greta", isIPv6: true)
        #expect(try await !connects(lab, "hans", to: "greta", port: inside.port, isIPv6: true))
    }

    @Test func onlyIPv4() async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("old", .none, hosts: ["hans"], families: .ipv4)]))
        #expect(throws: TestKitError.self) { try lab.ipv6(of: "hans") }
        let six = try lab.listener("server", isIPv6: true)
        #expect(try await !connects(lab, "hans", to: "server", port: six.port, isIPv6: true))
        #expect(try await connects(lab, "server", to: "server", port: six.port, isIPv6: true))
        let inside = try lab.listener("hans")
        #expect(try await connects(lab, "server", to: "hans", port: inside.port))
    }

    /// Behind a router that keeps nothing out, of IPv6 everything comes in as well.
    @Test(arguments: [NATKind.none, .fullCone]) func openIPv6(kind: NATKind) async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", kind, hosts: ["hans"], families: .dual)]))
        let inside = try lab.listener("hans", isIPv6: true)
        #expect(try await connects(lab, "server", to: "hans", port: inside.port, isIPv6: true))
    }

    @Test func onlyTCPToOnePortGoesOut() async throws {
        let lab = try await Lab.start(
            LabPlan(sites: [Site("office", .portRestricted, hosts: ["hans"], firewall: [.onlyTCPOut(443)])]))
        let (allowed, other) = try (lab.listener("server", port: 443), lab.listener("server", port: 444))
        #expect(try await connects(lab, "hans", to: "server", port: allowed.port))
        #expect(try await !connects(lab, "hans", to: "server", port: other.port))
        #expect(try await !echoes(lab, "hans", from: "server"))
        try await lab.setFirewall([], at: "office")
        #expect(try await connects(lab, "hans", to: "server", port: other.port))
        #expect(try await echoes(lab, "hans", from: "server"))
    }

    @Test func noUDPPasses() async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", .portRestricted, hosts: ["hans"])]))
        #expect(try await echoes(lab, "hans", from: "server"))
        try await lab.setFirewall([.noUDP], at: "home")
        #expect(try await !echoes(lab, "hans", from: "server"))
        let listener = try lab.listener("server")
        #expect(try await connects(lab, "hans", to: "server", port: listener.port))
        // At a host itself, too.
        try await lab.setFirewall([], at: "home")
        try await lab.setFirewall([.noUDP], at: "server")
        #expect(try await !echoes(lab, "hans", from: "server"))
    }

    /// What is open is cut as well, and goes on when it is allowed again.
    @Test func aFirewallCutsWhatIsOpen() async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", .none, hosts: ["hans"])]))
        let listener = try lab.listener("hans")
        let outside = try lab.tcp("server")
        #expect(try await outside.connects(to: SocketAddress(ipAddress: lab.ipv4(of: "hans"), port: listener.port)))
        let inside = try await listener.accept().socket
        for rule in [FirewallRule.nothingIn, try .nothingWith(lab.ipv4(of: "server"))] {
            try await lab.setFirewall([rule], at: "home")
            outside.write("lost at first")
            #expect(try await !connects(lab, "server", to: "hans", port: listener.port))
            #expect(inside.read().isEmpty)
            try await lab.setFirewall([], at: "home")
            let limit = ContinuousClock.now + .seconds(10)
            var text = ""
            while text.isEmpty, ContinuousClock.now < limit {
                text = inside.read()
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(text == "lost at first")
        }
    }
}
