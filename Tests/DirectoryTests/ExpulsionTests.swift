import Directory
import TestKit
import Testing
import Wire

@Suite struct ExpulsionTests {
    typealias Fixture = DirectoryFixture

    static let whole = "hans falcon*solo\nvader darkside\nleia alderaan\n"

    @Test func whoVanishedOrHasAnotherPasswordIsExpelled() async throws {
        let fixture = try await Fixture()
        let token = try await fixture.signIn("hans", 1).token
        try await fixture.signIn("vader", 2)
        try await fixture.signIn("leia", 3)
        let id = try await fixture.publish([Sample.draft("plans", 1)], 2)[0]
        let (result, notices) = await fixture.directory.reload(fixture.file("hans new\nleia alderaan\nluke r2d2\n"))
        var changes = AccountChanges()
        changes.added = [try Sample.user("luke")]
        changes.changed = [try Sample.user("hans")]
        changes.vanished = [try Sample.user("vader")]
        #expect(result == .applied(changes, endedSessions: [SessionID(rawValue: 1), SessionID(rawValue: 2)]))
        #expect(notices == [.left(changes.changed[0], .expelled), .left(changes.vanished[0], .expelled)])
        #expect(await fixture.ask(.heartbeat, 1) == [.refusal(.notLoggedIn)])
        #expect(!fixture.presence.isServed(id))

        let issuedBefore = (fixture.times.value.wall / 1_000 + 1) * 1_000
        let wanted = [
            Revocation(serial: 1, user: changes.changed[0], issuedBefore: issuedBefore),
            Revocation(serial: 2, user: changes.vanished[0], issuedBefore: issuedBefore),
        ]
        #expect(try await fixture.revocations(3) == wanted)
        #expect(try await fixture.revocations(3, since: 1) == [wanted[1]])
        #expect(try await fixture.revocations(3, since: 2) == [])
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, 3).first else {
            Issue.record("no pulse")
            return
        }
        #expect(pulse.revocationSerial == 2)

        let byToken = try Fixture.login("hans", .token(token))
        #expect(await fixture.ask(.login(byToken), 4) == [.refusal(.tokenInvalid)])
        let byOld = try Fixture.login("vader", .password(Array("darkside".utf8)))
        #expect(await fixture.ask(.login(byOld), 4) == [.refusal(.authenticationFailed)])
        #expect(try await fixture.findings("plans", 3) == [], "publications of nobody are not shown")
    }

    @Test func aCertificateOfTheSameSecondAsARevocationIsIssuedBehindIt() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        _ = await fixture.directory.reload(fixture.file("hans new\n"))
        let outcome = await fixture.ask(.login(try Fixture.login("hans", .password(Array("new".utf8)))), 2)
        guard case .welcome(let welcome)? = outcome.first else {
            Issue.record("\(outcome)")
            return
        }
        let next = (fixture.times.value.wall / 1_000 + 1) * 1_000
        #expect(welcome.certificate == PlainIssuer.certificate("hans", at: next))
    }

    @Test func aFileThatIsMissingOrSaysNothingExpelsNobody() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        #expect(await fixture.directory.reload(nil).result == .ignored(.missing))
        #expect(await fixture.directory.reload(fixture.file("\n\n")).result == .ignored(.withoutAccounts))
        #expect(await fixture.ask(.heartbeat, 1) != [.refusal(.notLoggedIn)])
    }

    @Test func theSameFileChangesNothing() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let (result, notices) = await fixture.directory.reload(fixture.file(Self.whole))
        #expect(result == .applied(AccountChanges(), endedSessions: []))
        #expect(notices.isEmpty)
    }

    @Test func revocationsOutliveTheProcessForADayAndAnHour() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        try await first.signIn("vader", 1)
        _ = await first.directory.reload(first.file("hans falcon*solo\n"))
        let second = try await Fixture("hans falcon*solo\n", in: folder)
        try await second.signIn("hans", 1)
        #expect(try await second.revocations(1).map(\.user.text) == ["vader"])
        second.times.change { $0.wall += 25 * 3_600_000 + 2_000 }
        #expect(await second.directory.prune().isEmpty)
        #expect(try await second.revocations(1) == [])
        let third = try await Fixture("hans falcon*solo\n", in: folder, later: 25 * 3_600_000 + 3_000)
        let pulse = try await third.signIn("hans", 1).pulse
        #expect(pulse.revocationSerial == 1)
    }

    @Test func whoVanishedWhileNoServerRanIsRevokedOnce() async throws {
        let folder = try TemporaryDirectory()
        try await Fixture(in: folder).signIn("vader", 1)
        for _ in 0..<3 {
            let fixture = try await Fixture("hans falcon*solo\n", in: folder)
            let pulse = try await fixture.signIn("hans", 1).pulse
            #expect(pulse.revocationSerial == 1)
            #expect(try await fixture.revocations(1).map(\.user.text) == ["vader"])
        }
    }
}
