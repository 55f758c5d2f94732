import NetworkTestKit
import TestKit
import Testing

/// A network in a laboratory with a relay, and whether that was needed.
struct MeetingNetwork: Sendable {
    static let size = 1 << 20
    private static let relayPort = 12_001

    let network: LabNetwork
    var lab: Lab { network.lab }

    init(_ plan: LabPlan, _ members: [String], relay: Bool = true) async throws {
        network = try await LabNetwork.start(
            in: try await Lab.start(plan), members: members,
            serverArguments: relay ? ["--relay", "\(Self.relayPort)"] : [])
    }

    /// One gets a file of the other's: how long it took, and whether the relay carried it.
    func trial(
        from: (host: String, client: ShellClient), to: (host: String, client: ShellClient), _ name: String
    ) async throws -> (time: Duration, isRelayed: Bool) {
        let before = try await relayed()
        let trial = try await network.trial(from: from, to: to, name: name, size: Self.size, within: .seconds(20))
        try #require(trial.isWhole, "\(name): \(trial.output)\(trial.errors)")
        return (trial.time, try await relayed() - before > Self.size)
    }

    /// Bytes that the server has sent from its relay's port and taken there: what others see is what it counts by their port.
    private func relayed() async throws -> Int {
        try await lab.traffic(of: "server").flows.filter(\.isTCP).reduce(0) { $0 + $1.bytes }
    }
}

extension Duration {
    /// Of a table: `850` ms.
    var wholeMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
