import NetworkTestKit
import TestKit
import Testing

/// The real programs, where one of them gets out through a proxy only.
@Suite(.laboratory, .timeLimit(.minutes(5))) struct ProxyTests {
    private static let proxyPort = 3_128
    private static let relayPort = 12_001
    private static let size = 1 << 20

    /// `a` behind a firewall that lets through what goes to a proxy's port, which only `proxy` has; `b` behind another router.
    private func start(_ kind: NATKind) async throws -> LabNetwork {
        let plan = LabPlan(
            internet: ["server", "proxy"],
            sites: [
                Site("office", .portRestricted, hosts: ["a"], firewall: [.onlyTCPOut(Self.proxyPort)]),
                Site("home", kind, hosts: ["b"]),
            ])
        return try await LabNetwork.start(
            in: try await Lab.start(plan), serverArguments: ["--relay", "\(Self.relayPort)"])
    }

    private func environment(_ network: LabNetwork, _ variables: [String: String]) throws -> [String: String] {
        let home = try network.lab.home(of: "a")
        return ["PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "TERM": "xterm"].merging(variables) { $1 }
    }

    /// He signs in, publishes, gets what another one has, and gives him what he has himself.
    private func exchange(_ network: LabNetwork, _ text: String) async throws {
        let a = try await network.member("a", environment: environment(network, ["all_proxy": text]))
        let b = try await network.member("b")
        for (from, to) in [(("a", a), ("b", b)), (("b", b), ("a", a))] {
            let trial = try await network.trial(
                from: from, to: to, name: "\(from.0).mkv", size: Self.size, within: .seconds(20))
            #expect(trial.isWhole, "\(from.0): \(trial.output)\(trial.errors)")
        }
        try await a.leave()
        try await b.leave()
    }

    /// Through the proxy he dials whom he wants, and comes to who calls him.
    @Test(arguments: ["http://", "socks5://hans:secret@", "socks5h://"])
    func aMemberBehindAProxyTakesPart(before place: String) async throws {
        let network = try await start(.none)
        var settings = TestProxy.Settings()
        if place.contains("@") { (settings.user, settings.password) = ("hans", "secret") }
        let proxy = try await network.lab.proxy("proxy", port: Self.proxyPort, settings)
        let address = try network.lab.ipv4(of: "proxy")
        try await exchange(network, "\(place)\(address):\(Self.proxyPort)")
        let server = try network.lab.ipv4(of: "server")
        #expect(proxy.destinations.contains("\(server):\(LabNetwork.port)"))
        // Both files went straight from one to the other, as far as the proxy lets them.
        let traffic = try await network.lab.traffic(of: "b")
        #expect(try traffic.bytes(with: network.lab.ipv4(of: "proxy")) > 2 * Self.size)
        #expect(traffic.bytes(with: server) < Self.size)
        let own = try await network.lab.traffic(of: "a")
        #expect(own.bytes(with: address, port: Self.proxyPort) > 2 * Self.size)
        #expect(own.flows.allSatisfy { $0.isSent || $0.address == address })
        await proxy.close()
    }

    /// Where neither can be dialled the relay carries both, to one of them through the proxy.
    @Test func theRelayIsReachedThroughAProxy() async throws {
        let network = try await start(.symmetric)
        let proxy = try await network.lab.proxy("proxy", port: Self.proxyPort)
        try await exchange(network, "http://\(network.lab.ipv4(of: "proxy")):\(Self.proxyPort)")
        #expect(try proxy.destinations.contains("\(network.lab.ipv4(of: "server")):\(Self.relayPort)"))
        await proxy.close()
    }

    /// Where a proxy is the only way out, `doctor` finds nothing wrong, beside the program that runs and alone.
    @Test(arguments: ["http://", "socks5://"]) func theDoctorLooksThroughAProxy(before place: String) async throws {
        let network = try await start(.none)
        let proxy = try await network.lab.proxy("proxy", port: Self.proxyPort)
        let variables = try ["all_proxy": "\(place)\(network.lab.ipv4(of: "proxy")):\(Self.proxyPort)"]
        let a = try await network.member("a", environment: environment(network, variables))
        let beside = try await DoctorReport.asked(of: a)
        try await a.leave()
        let alone = try await DoctorReport.alone {
            try await network.lab.start(
                "a", BuiltPrograms.path("bittrickle"), ["doctor", "--json", "--network", network.link(for: "a")],
                environment: environment(network, variables))
        }
        #expect(beside.problems.isEmpty && beside.text.contains("\"login-ok\""), "\(beside.text)")
        for report in [beside, alone] {
            // Whether somebody is logged in is another matter.
            #expect(Set(report.problems).isSubset(of: ["login-missing"]), "\(report.text)")
            for code in ["udp-blocked", "tcp-ok"] {
                #expect(report.text.contains("\"\(code)\""), "\(code): \(report.text)")
            }
            #expect(report.time < .seconds(10))
        }
        await proxy.close()
    }

    /// What is wrong with a proxy is said, without its password.
    @Test func aProxyThatRefusesIsNamed() async throws {
        let network = try await start(.none)
        var settings = TestProxy.Settings()
        (settings.user, settings.password) = ("hans", "secret")
        let proxy = try await network.lab.proxy("proxy", port: Self.proxyPort, settings)
        let place = try "\(network.lab.ipv4(of: "proxy")):\(Self.proxyPort)"
        let process = try await network.lab.start(
            "a", BuiltPrograms.path("bittrickle"), [network.link(for: "a")],
            environment: environment(network, ["all_proxy": "http://hans:guess@\(place)"]))
        #expect(try await process.waitForEnd(within: .seconds(20)) == .exited(69))
        let told = try await process.errors.expectEnd()
        #expect(told.contains("the proxy http://\(place) does not take the user name and the password"))
        #expect(!told.contains("guess"))
        await proxy.close()
    }
}
