import NetworkTestKit
import TestKit
import Testing

/// The real programs, at hosts of their own.
@Suite(.laboratory, .timeLimit(.minutes(2))) struct ProgramsTests {
    /// Two on the internet, and one behind a router that lets all in.
    @Test func filesGoFromHostToHost() async throws {
        let lab = try await Lab.start(
            LabPlan(
                internet: ["server", "hans", "vader"], sites: [Site("home", .fullCone, hosts: ["leia"])]))
        let members = ["hans", "vader", "leia"]
        let network = try await LabNetwork.start(in: lab, members: members)
        var clients: [String: ShellClient] = [:]
        for member in members { clients[member] = try await network.member(member) }
        for (from, to) in [("hans", "vader"), ("hans", "leia"), ("leia", "vader")] {
            let (giver, taker) = try (#require(clients[from]), #require(clients[to]))
            let trial = try await network.trial(from: (from, giver), to: (to, taker), name: "\(from) to \(to).mkv")
            #expect(trial.isWhole, "\(from) to \(to): \(trial.output)\(trial.errors)")
            #expect(trial.output == "\(from) to \(to).mkv downloaded successfully\n")
        }
        // What was fetched went straight from one to the other.
        let traffic = try await lab.traffic(of: "vader")
        #expect(try traffic.bytes(with: lab.ipv4(of: "hans")) > 1 << 20)
        #expect(try traffic.bytes(with: lab.ipv4(of: "home")) > 1 << 20)
        #expect(try traffic.bytes(with: lab.ipv4(of: "server")) < 1 << 20)
        for client in clients.values { try await client.leave() }
    }

    @Test func aPairWithIPv6Alone() async throws {
        let network = try await LabNetwork.start(in: Lab.pair(.none, .none, families: .ipv6))
        let trial = try await network.trial()
        #expect(trial.isWhole, "\(trial.output)\(trial.errors)")
    }

    /// What does not come is told as well.
    @Test func aGetThatFailsIsToldToo() async throws {
        let network = try await LabNetwork.start(in: Lab.pair(.none, .none))
        try await network.lab.setFirewall([.nothingWith(network.lab.ipv4(of: "b"))], at: "sitea")
        let trial = try await network.trial(within: .seconds(2))
        #expect(!trial.isWhole)
        #expect(!trial.output.contains("successfully"))
    }
}
