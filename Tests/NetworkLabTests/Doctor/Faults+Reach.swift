import NetworkTestKit
import TestKit

/// Between whoever asks and the others.
extension Fault {
    static let ofReach: [Fault] = [
        Fault("a symmetric NAT", "nat-symmetric") { try await behind(.symmetric) },
        Fault("a router that maps no port", "mapping-none") { try await behind(.portRestricted) },
        Fault("the listening port is closed by a firewall", "port-silent") { try await behind(.portRestricted) },
        Fault("the listening port is refused", "port-refused") {
            try await signedIn { network, client in
                let rules = """
                    table inet refuse { chain in { type filter hook input priority 0; \
                    iifname != "lo" tcp flags & (syn|ack) == syn reject with tcp reset; }; }
                    """
                _ = try await network.lab.output("a", "nft", [rules])
                return try await DoctorReport.asked(of: client)
            }
        },
        Fault("the router is not to be asked", "mapping-off") {
            try await signedIn { _, client in
                _ = try await client.answer(to: "config map-port off")
                return try await DoctorReport.asked(of: client)
            }
        },
        Fault("a firewall swallows IPv6 to the server", "ipv6-broken") {
            let network = try await LabNetwork.start(
                in: try await Lab.start(LabPlan(internet: ["server", "a"])), members: ["a"])
            try await network.lab.setFirewall([.nothingWith(network.lab.ipv6(of: "server"))], at: "a")
            let client = try await network.member("a", byName: true)
            let report = try await DoctorReport.asked(of: client)
            try await client.leave()
            return report
        },
        Fault("the port that is set is taken", "port-taken") {
            let network = try await LabNetwork.start(
                in: try await Lab.start(LabPlan(internet: ["server", "a"])), members: ["a"])
            let first = try await network.member("a")
            let listener = try network.lab.listener("a")
            _ = try await first.answer(to: "config port \(listener.port)")
            try await first.leave()
            let client = try await network.member("a")
            let report = try await DoctorReport.asked(of: client)
            try await client.leave()
            return report
        },
    ]

    private static func behind(_ kind: NATKind) async throws -> DoctorReport {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", kind, hosts: ["a"])]))
        let network = try await LabNetwork.start(in: lab, members: ["a"])
        let client = try await network.member("a")
        let report = try await DoctorReport.asked(of: client)
        try await client.leave()
        return report
    }
}
