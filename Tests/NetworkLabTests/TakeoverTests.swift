import NetworkTestKit
import TestKit
import Testing

/// A transfer between the real programs while the way between them opens and is cut.
@Suite(.laboratory, .timeLimit(.minutes(5))) struct TakeoverTests {
    private static let relayPort = 12_001
    private static let size = 100 << 20

    /// What the one who fetches has got of the file, by each way, in bytes of packets.
    private struct Got {
        let byRelay: Int
        let directly: Int
        var all: Int { byRelay + directly }
    }

    private func got(_ lab: Lab) async throws -> Got {
        let traffic = try await lab.traffic(of: "a")
        let received = traffic.flows.filter { $0.isTCP && !$0.isSent }
        let (server, other) = try (lab.ipv4(of: "server"), lab.ipv4(of: "siteb"))
        return Got(
            byRelay: received.filter { $0.address == server && $0.port == Self.relayPort }.reduce(0) { $0 + $1.bytes },
            directly: received.filter { $0.address == other }.reduce(0) { $0 + $1.bytes })
    }

    /// Returns how long it took.
    private func wait(for what: String, in lab: Lab, until isThere: (Got) -> Bool) async throws -> Duration {
        let start = ContinuousClock.now
        while try await !isThere(got(lab)) {
            guard ContinuousClock.now - start < .seconds(60) else { throw TestKitError.timedOut(what) }
        }
        return ContinuousClock.now - start
    }

    /// First the firewall lets neither to the other, so that the relay carries what goes; it opens, and closes again.
    @Test func aTransferGoesOverToTheBetterWayAndBack() async throws {
        let lab = try await Lab.start(LabPlan.pair(.portRestricted, .fullCone))
        let apart = [FirewallRule.nothingWith(try lab.ipv4(of: "sitea"))]
        try await lab.setFirewall(apart, at: "siteb")
        let network = try await LabNetwork.start(in: lab, serverArguments: ["--relay", "\(Self.relayPort)"])
        let (a, b) = try await (network.member("a"), network.member("b"))
        try await lab.limit("b", megabitsPerSecond: 40)
        async let fetched = network.trial(
            from: ("b", b), to: ("a", a), name: "film.mkv", size: Self.size, within: .seconds(120))
        _ = try await wait(for: "the relay carries", in: lab) { $0.byRelay > 8 << 20 }

        try await lab.setFirewall([], at: "siteb")
        let opened = try await got(lab)
        let takeover = try await wait(for: "the direct way carries", in: lab) {
            $0.directly > opened.directly + 1 << 20
        }
        #expect(takeover < .seconds(10))
        _ = try await wait(for: "much has come directly", in: lab) { $0.directly > 24 << 20 }
        let settled = try await got(lab)
        #expect(settled.byRelay < opened.byRelay + 50 << 20)

        try await lab.setFirewall(apart, at: "siteb")
        let cut = try await got(lab)
        let fallback = try await wait(for: "the relay carries again", in: lab) { $0.byRelay > cut.byRelay + 1 << 20 }
        #expect(fallback < .seconds(10))
        let trial = try await fetched
        #expect(trial.isWhole, "\(trial.output)\(trial.errors)")
        let all = try await got(lab)
        // Headers of packets and of TLS, and what was in flight when the way was cut.
        #expect(all.all - Self.size < 8 << 20)
        print(
            "taken over after \(takeover), fallen back after \(fallback), \(all.all - Self.size) bytes beyond the file")
        try await a.leave()
        try await b.leave()
    }
}
