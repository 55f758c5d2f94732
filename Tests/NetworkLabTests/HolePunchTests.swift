import NetworkTestKit
import TestKit
import Testing

/// What TCP simultaneous open from the listening port is good for, before anybody relies on it.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct HolePunchTests {
    private static let kinds: [NATKind] = [.none, .fullCone, .portRestricted, .symmetric]

    /// The pairs for which a relay is needed.
    private static func needsRelay(_ one: NATKind, _ other: NATKind) -> Bool {
        let pair: Set = [one, other]
        return pair == [.symmetric] || pair == [.symmetric, .portRestricted]
    }

    /// Who needs a relay is not waited for for long: the last try is after 400 ms.
    private static func limit(isDirect: Bool) -> Duration { isDirect ? .seconds(10) : .milliseconds(700) }

    /// 13 of 16 pairs.
    @Test func thirteenOfSixteenPairs() async throws {
        let lab = try await Lab.start(
            LabPlan(
                sites: Self.kinds.indices.flatMap { index in
                    [
                        Site("sitea\(index)", Self.kinds[index], hosts: ["a\(index)"]),
                        Site("siteb\(index)", Self.kinds[index], hosts: ["b\(index)"]),
                    ]
                }))
        var table = "TCP simultaneous open, in milliseconds\n| |" + Self.kinds.map { " \($0.rawValue) |" }.joined()
        table += "\n|---|" + Self.kinds.map { _ in "---:|" }.joined() + "\n"
        for (row, one) in Self.kinds.enumerated() {
            table += "| \(one.rawValue) |"
            for (column, other) in Self.kinds.enumerated() {
                let needsRelay = Self.needsRelay(one, other)
                let time = try await HolePunch(lab: lab).between(
                    "a\(row)", "b\(column)", within: Self.limit(isDirect: !needsRelay))
                #expect((time == nil) == needsRelay, "\(one.rawValue) and \(other.rawValue)")
                table += time.map { " \(($0 / .milliseconds(0.1)).rounded() / 10) |" } ?? " relay |"
            }
            table += "\n"
        }
        print(table)
    }

    /// One port for all, if not the one inside, is as good as that.
    @Test(arguments: [
        (NATKind.portRestrictedChanged, NATKind.portRestrictedChanged, true),
        (.portRestrictedChanged, .portRestricted, true),
        (.portRestrictedChanged, .symmetric, false), (.addressRestricted, .symmetric, true),
        (.addressRestricted, .portRestricted, true),
    ]) func otherKinds(one: NATKind, other: NATKind, isDirect: Bool) async throws {
        let lab = try await Lab.pair(one, other)
        let time = try await HolePunch(lab: lab).between("a", "b", within: Self.limit(isDirect: isDirect))
        #expect((time != nil) == isDirect)
    }
}
