import Directory
import TestKit
import Testing
import Wire

/// Who may have what dialled.
@Suite struct ProbeTests {
    /// Remembers what it was to do.
    private final class Notes: Probing {
        let dialled = Seen<[[Endpoint]]>([])
        let crossed = Seen<[Endpoint]>([])
        let isBusy = Seen(false)

        func dial(_ endpoints: [Endpoint]) async -> [DialledBack]? {
            dialled.change { $0.append(endpoints) }
            return isBusy.value ? nil : endpoints.map { DialledBack($0, .open) }
        }

        func cross(_ id: KnockID, to endpoint: Endpoint) async -> UInt16? {
            crossed.change { $0.append(endpoint) }
            return isBusy.value ? nil : 40_001
        }
    }

    private let notes = Notes()
    private let look = KnockID(Array("8 bytes!".utf8))!

    private func endpoint(_ last: UInt8, _ port: UInt16 = 6_881) throws -> Endpoint {
        try #require(Endpoint(address: [192, 0, 2, last], port: port))
    }

    private func fixture() async throws -> DirectoryFixture {
        let fixture = try await DirectoryFixture(prober: notes)
        try await fixture.signIn("hans", 1, address: [192, 0, 2, 1])
        return fixture
    }

    /// Whatever a member says of himself, nobody else is dialled.
    @Test func onlyWhereTheMemberIsSeenIsDialled() async throws {
        let fixture = try await fixture()
        let mapped = try endpoint(1, 9_000)
        #expect(await fixture.ask(.locate([try endpoint(77), mapped]), 1) == [.done])
        let own = [try endpoint(1), mapped]
        #expect(await fixture.ask(.probe(.listening), 1) == [.dialledBack(own.map { DialledBack($0, .open) })])
        await fixture.directory.attached(SessionID(rawValue: 1), at: try endpoint(8, 5_000))
        _ = await fixture.ask(.probe(.listening), 1)
        #expect(notes.dialled.value.last == own + [try endpoint(8, 5_000)])
    }

    @Test func theOtherPortKnocksWhereTheSessionIs() async throws {
        let fixture = try await fixture()
        let caller = DirectoryFixture.caller(1, address: [192, 0, 2, 66])
        let outcome = await fixture.directory.answer(.probe(.crossing(look)), from: caller)
        // An address that did not prove itself has no part in it.
        let seen = try endpoint(1, 40_000)
        #expect(outcome.answers == [.crossing(Crossing(seen: seen, port: 40_001))])
        #expect(notes.crossed.value == [seen])
    }

    @Test func whatIsRefused() async throws {
        let fixture = try await fixture()
        #expect(await fixture.ask(.probe(.listening), 9) == [.refusal(.notLoggedIn)])
        notes.isBusy.change { $0 = true }
        guard case .refusal(.busy)? = await fixture.ask(.probe(.listening), 1).first,
            case .refusal(.busy)? = await fixture.ask(.probe(.crossing(look)), 1).first
        else {
            Issue.record("it is busy")
            return
        }
        var last: [DirectoryAnswer] = []
        for _ in 0..<10 { last = await fixture.ask(.probe(.listening), 1) }
        #expect(last == [.refusal(.slowDown(retryAfter: 2_000))])
        await fixture.pass(1_000)
        #expect(await fixture.ask(.probe(.listening), 1) != last)
        let without = try await DirectoryFixture()
        try await without.signIn("hans", 1)
        #expect(await without.ask(.probe(.listening), 1) == [.refusal(.unknownRequest)])
    }
}
