import NetworkTestKit
import TestKit
import Testing

/// The real programs, behind routers of all kinds: who cannot dial a member gets his file all the same.
@Suite(.laboratory, .timeLimit(.minutes(5))) struct MeetingTests {
    /// All pairs of the kinds by which such programs are measured: each comes to the other, and 13 of 16 without the relay.
    @Test func everybodyComesToEverybody() async throws {
        let kinds = PairTable.kinds
        let hosts = kinds.indices.flatMap { ["a\($0)", "b\($0)"] }
        let network = try await MeetingNetwork(.matrix(kinds), hosts)
        var clients: [String: ShellClient] = [:]
        for host in hosts { clients[host] = try await network.network.member(host) }
        var direct: [Duration] = []
        var relayed: [Duration] = []
        let table = try await PairTable.make("`a` gets a MiB of `b`'s: milliseconds, in brackets by the relay") {
            pair in
            let (a, b) = try (#require(clients[pair.a]), #require(clients[pair.b]))
            let trial = try await network.trial(from: (pair.b, b), to: (pair.a, a), "\(pair.b) to \(pair.a)")
            if trial.isRelayed { relayed.append(trial.time) } else { direct.append(trial.time) }
            let milliseconds = trial.time.wholeMilliseconds
            return trial.isRelayed ? "(\(milliseconds))" : "\(milliseconds)"
        }
        print(table)
        #expect(direct.count >= 13)
        #expect(direct.allSatisfy { $0 < .seconds(5) } && relayed.allSatisfy { $0 < .seconds(6) })
        for client in clients.values { try await client.leave() }
    }

    /// Where one of two routers maps ports no relay is needed, however the other one is.
    @Test(.mappingRouter, arguments: [true, false]) func aRouterThatMapsPortsLetsOthersIn(isOwners: Bool) async throws {
        let plan = LabPlan(sites: [
            Site("sitea", .symmetric, hosts: ["a"], mapsPorts: !isOwners),
            Site("siteb", .symmetric, hosts: ["b"], mapsPorts: isOwners),
        ])
        let network = try await MeetingNetwork(plan, ["a", "b"])
        let (a, b) = try await (network.network.member("a"), network.network.member("b"))
        let trial = try await network.trial(from: ("b", b), to: ("a", a), "film.mkv")
        #expect(!trial.isRelayed)
        try await a.leave()
        try await b.leave()
    }

    /// Two behind one router reach each other there: what they send does not leave the place.
    @Test func behindOneRouterTheyStayAmongThemselves() async throws {
        let plan = LabPlan(sites: [Site("home", .portRestricted, hosts: ["a", "b"])])
        let network = try await MeetingNetwork(plan, ["a", "b"])
        let (a, b) = try await (network.network.member("a"), network.network.member("b"))
        let trial = try await network.trial(from: ("b", b), to: ("a", a), "film.mkv")
        #expect(!trial.isRelayed)
        let traffic = try await network.lab.traffic(of: "a")
        #expect(try traffic.bytes(with: network.lab.ipv4(of: "b")) > MeetingNetwork.size)
        try await a.leave()
        try await b.leave()
    }

    /// Between the two ports at which they punched there is one connection; where a router lets in whoever comes there, the second
    /// link comes from another port.
    @Test func aSecondDownloadBesideAPunchedOneNeedsNoRelay() async throws {
        let network = try await MeetingNetwork(.pair(.portRestricted, .fullCone), ["a", "b"])
        let (a, b) = try await (network.network.member("a"), network.network.member("b"))
        let long = "long.mkv"
        try Files.write(network.lab.home(of: "b") + "/" + long, size: 100 << 20, seed: 1)
        try await b.publish(long)
        try await network.lab.limit("b", megabitsPerSecond: 8)
        _ = try await a.answer(to: "get \(long) --background")
        let other = try network.lab.ipv4(of: "siteb")
        let start = ContinuousClock.now
        while try await network.lab.traffic(of: "a").bytes(with: other) < MeetingNetwork.size {
            guard ContinuousClock.now - start < .seconds(20) else { throw TestKitError.timedOut("the first link") }
        }
        let trial = try await network.trial(from: ("b", b), to: ("a", a), "film.mkv")
        #expect(!trial.isRelayed)
        try await a.leave()
        try await b.leave()
    }
}
