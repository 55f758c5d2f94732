import Glibc
import NIOCore
import NetworkTestKit
import TestKit
import Testing

/// Members who are elsewhere all of a sudden, in the middle of a transfer.
@Suite(.laboratory, .timeLimit(.minutes(5))) struct MovingTests {
    /// 6 seconds.
    private static let size = 12 << 20
    private static let megabitsPerSecond = 16
    /// What is looked for.
    private static let longestSilence = Duration.seconds(3)

    private static let plan = LabPlan(sites: [
        Site("home", .portRestricted, hosts: ["a"]), Site("office", .portRestricted, hosts: ["b"]),
        Site("cafe", .portRestricted, hosts: ["c"]),
    ])

    /// `a` gets a file of `b`'s. When an eighth of it has come, something happens.
    ///
    /// - Returns: The longest time in which nothing of it came.
    private func silence(
        limiting host: String, plan: LabPlan = Self.plan,
        _ happening: @escaping @Sendable (Lab, ShellClient) async throws -> Void
    ) async throws -> Duration {
        let network = try await MeetingNetwork(plan, ["a", "b"])
        let (a, b) = try await (network.network.member("a"), network.network.member("b"))
        try await network.lab.limit(host, megabitsPerSecond: Self.megabitsPerSecond)
        let meter = try SilenceMeter(a, from: Self.size / 8)
        let (trial, silence) = try await meter.measure {
            try await network.network.trial(
                from: ("b", b), to: ("a", a), name: "film.mkv", size: Self.size, within: .seconds(60))
        } reached: {
            try await happening(network.lab, a)
        }
        #expect(trial.isWhole, "\(trial.output)\(trial.errors)")
        for client in [a, b] { try await client.leave() }
        return silence
    }

    /// As with another Wi-Fi: at once, or nowhere for a second, which cannot be helped.
    @Test(arguments: [0, 1]) func whoDownloadsMovesToAnotherNetwork(pause: Int) async throws {
        let silence = try await silence(limiting: "b") { lab, _ in try await lab.move("a", to: "cafe", after: pause) }
        print("moved after \(pause) s: \(silence.wholeMilliseconds) ms of silence")
        #expect(silence - .seconds(pause) < Self.longestSilence)
    }

    /// As when a cable is plugged in, and the Wi-Fi stays.
    @Test func whoDownloadsGetsAnotherWayToEverywhere() async throws {
        let silence = try await silence(limiting: "b") { lab, _ in try await lab.addLine("a", to: "cafe") }
        print("another way: \(silence.wholeMilliseconds) ms of silence")
        #expect(silence < Self.longestSilence)
    }

    @Test(arguments: [0, 1]) func whoServesMovesToAnotherNetwork(pause: Int) async throws {
        let silence = try await silence(limiting: "a") { lab, _ in try await lab.move("b", to: "cafe", after: pause) }
        print("who serves moved after \(pause) s: \(silence.wholeMilliseconds) ms of silence")
        #expect(silence - .seconds(pause) < Self.longestSilence)
    }

    /// From the internet to behind a router, and with a relay in between.
    @Test func whoDownloadsMovesWhereOnlyTheRelayHelps() async throws {
        let plan = LabPlan(sites: [
            Site("home", .none, hosts: ["a"]), Site("office", .symmetric, hosts: ["b"]),
            Site("cafe", .symmetric, hosts: ["c"]),
        ])
        let silence = try await silence(limiting: "b", plan: plan) { lab, _ in try await lab.move("a", to: "cafe") }
        print("to where only the relay helps: \(silence.wholeMilliseconds) ms of silence")
        #expect(silence < Self.longestSilence)
    }

    /// For longer than a session may be silent, and longer than a source may be.
    @Test func aProgramThatWasStoppedGoesOn() async throws {
        _ = try await silence(limiting: "b") { _, a in
            a.process.signal(SIGSTOP)
            try await Task.sleep(for: .seconds(8))
            a.process.signal(SIGCONT)
        }
    }

    /// Behind the new router the port leads to him within two heartbeats.
    @Test(.mappingRouter) func thePortOfTheNewRouterIsMapped() async throws {
        let plan = LabPlan(sites: [
            Site("home", .symmetric, hosts: ["a"], mapsPorts: true),
            Site("cafe", .symmetric, hosts: ["c"], mapsPorts: true),
        ])
        let network = try await MeetingNetwork(plan, ["a"])
        let a = try await network.network.member("a")
        let port = try await a.process.ports.first(.tcp)
        func isMapped(at site: String, within limit: Duration) async throws -> Bool {
            let address = try SocketAddress(ipAddress: network.lab.ipv4(of: site), port: port)
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                if try await network.lab.tcp("server").connects(to: address, within: .milliseconds(100)) { return true }
            }
            return false
        }
        #expect(try await isMapped(at: "home", within: .seconds(20)))
        try await network.lab.move("a", to: "cafe")
        #expect(try await isMapped(at: "cafe", within: .seconds(4)))
        try await a.leave()
    }
}
