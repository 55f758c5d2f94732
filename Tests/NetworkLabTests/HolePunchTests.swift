import NetworkTestKit
import TestKit
import Testing

/// What TCP simultaneous open from the listening port is good for, before anybody relies on it.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct HolePunchTests {
    /// The pairs for which a relay is needed.
    private static func needsRelay(_ one: NATKind, _ other: NATKind) -> Bool {
        let pair: Set = [one, other]
        return pair == [.symmetric] || pair == [.symmetric, .portRestricted]
    }

    /// Who needs a relay is not waited for for long: the last try is after 400 ms.
    private static func limit(isDirect: Bool) -> Duration { isDirect ? .seconds(10) : .milliseconds(700) }

    /// 13 of 16 pairs.
    @Test func thirteenOfSixteenPairs() async throws {
        let lab = try await Lab.start(.matrix(PairTable.kinds))
        let table = try await PairTable.make("TCP simultaneous open, in milliseconds") { pair in
            let needsRelay = Self.needsRelay(pair.one, pair.other)
            let time = try await HolePunch(lab: lab).between(
                pair.a, pair.b, within: Self.limit(isDirect: !needsRelay))
            #expect((time == nil) == needsRelay, "\(pair.one.rawValue) and \(pair.other.rawValue)")
            return time.map { "\(($0 / .milliseconds(0.1)).rounded() / 10)" } ?? "relay"
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
