import NetworkTestKit
import TestKit
import Testing

/// Members who do not all have the same internet protocol.
@Suite(.laboratory, .timeLimit(.minutes(5))) struct FamiliesTests {
    private static let kinds: [NATKind] = [.none, .portRestricted]
    private static let families: [(host: String, families: Families)] = [
        ("four", .ipv4), ("six", .ipv6), ("dual", .dual), ("named", .dual),
    ]
    /// Who gets whose: `named` reaches the directory by a name that has both addresses.
    private static let pairs = [
        ("six", "dual"), ("dual", "six"), ("four", "dual"), ("dual", "four"), ("six", "named"), ("named", "six"),
        ("four", "named"), ("named", "four"), ("four", "six"), ("six", "four"),
    ]

    private static func name(_ host: String) -> String {
        switch host {
        case "four": "IPv4 only"
        case "six": "IPv6 only"
        case "dual": "dual"
        default: "dual, by name"
        }
    }

    /// Who has both comes to everybody directly, and everybody to him; those who have none in common need the relay, which has both.
    @Test func whoHasBothComesToEverybody() async throws {
        let sites = Self.kinds.enumerated().flatMap { number, kind in
            Self.families.map { host, families in
                Site("site\(host)\(number)", kind, hosts: ["\(host)\(number)"], families: families)
            }
        }
        let network = try await MeetingNetwork(LabPlan(sites: sites), sites.flatMap(\.hosts))
        var clients: [String: ShellClient] = [:]
        for host in sites.flatMap(\.hosts) {
            clients[host] = try await network.network.member(host, byName: host.hasPrefix("named"))
        }
        var table = "`a` gets a MiB of `b`'s: milliseconds, in brackets by the relay\n| `a` | `b` |"
        table += Self.kinds.map { " \($0.rawValue) |" }.joined() + "\n|---|---|"
        table += Self.kinds.map { _ in "---:|" }.joined() + "\n"
        for (a, b) in Self.pairs {
            table += "| \(Self.name(a)) | \(Self.name(b)) |"
            for (number, kind) in Self.kinds.enumerated() {
                let (taker, giver) = ("\(a)\(number)", "\(b)\(number)")
                let trial = try await network.trial(
                    from: (giver, #require(clients[giver])), to: (taker, #require(clients[taker])),
                    "\(giver) to \(taker)")
                let haveNothingInCommon = Set([a, b]) == ["four", "six"]
                #expect(trial.isRelayed == haveNothingInCommon, "\(a) of \(b), \(kind.rawValue)")
                let time = "\(trial.time.wholeMilliseconds)"
                table += trial.isRelayed ? " (\(time)) |" : " \(time) |"
            }
            table += "\n"
        }
        print(table)
        for client in clients.values { try await client.leave() }
    }
}
