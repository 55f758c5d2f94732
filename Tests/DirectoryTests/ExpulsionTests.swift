import Content
import Directory
import DirectorySQLite
import FoundationEssentials
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

    @Test func revocationsOutliveTheProcessAndEveryCertificate() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        try await first.signIn("vader", 1)
        _ = await first.directory.reload(first.file("hans falcon*solo\n"))
        let second = try await Fixture("hans falcon*solo\n", in: folder)
        try await second.signIn("hans", 1)
        #expect(try await second.revocations(1).map(\.user.text) == ["vader"])
        let memory = MemberCertificateTerms.lifetime(days: MemberCertificateTerms.longestDays) + 3_600_000
        second.times.change { $0.wall += memory - 2_000 }
        #expect(await second.directory.prune().isEmpty)
        #expect(try await second.revocations(1).count == 1)
        second.times.change { $0.wall += 4_000 }
        #expect(await second.directory.prune().isEmpty)
        #expect(try await second.revocations(1) == [])
        let third = try await Fixture("hans falcon*solo\n", in: folder, later: memory + 3_000)
        let pulse = try await third.signIn("hans", 1).pulse
        #expect(pulse.revocationSerial == 1)
    }

    @Test func whoGotAnotherPasswordWhileNoServerRanIsRevokedOnce() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        try await first.signIn("hans", 1)
        try await first.signIn("vader", 2)
        let issued = first.times.value.wall
        for _ in 0..<3 {
            let fixture = try await Fixture("hans new\nvader darkside\n", in: folder)
            let pulse = try await fixture.signIn("vader", 1).pulse
            #expect(pulse.revocationSerial == 1)
            let revocations = try await fixture.revocations(1)
            #expect(revocations.map(\.user.text) == ["hans"])
            #expect(revocations.allSatisfy { $0.issuedBefore > issued })
        }
        // Let in with the new one, he is known by it, until it changes again.
        let again = try await Fixture("hans new\nvader darkside\n", in: folder)
        let login = try Fixture.login("hans", .password(Array("new".utf8)))
        guard case .welcome? = await again.ask(.login(login), 1).first else {
            Issue.record("not let in")
            return
        }
        for (password, serial) in [("new", Int64(1)), ("newer", 2)] {
            let fixture = try await Fixture("hans \(password)\nvader darkside\n", in: folder, later: 5_000)
            #expect(try await fixture.signIn("vader", 1).pulse.revocationSerial == serial)
        }
    }

    @Test func aPlainRestartRevokesNobody() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        for (number, user) in ["hans", "vader", "leia"].enumerated() { try await first.signIn(user, UInt64(number)) }
        _ = await first.ask(.renew(devicePublicKey: [1]), 1)
        #expect(await first.directory.farewell().isEmpty)
        for _ in 0..<2 {
            let fixture = try await Fixture("leia alderaan\nvader darkside\nhans falcon*solo\n", in: folder)
            #expect(await fixture.directory.expelledMeanwhile.isEmpty)
            #expect(try await fixture.signIn("hans", 1).pulse.revocationSerial == 0)
        }
    }

    /// A certificate of the second of a revocation is dated behind it, and the next revocation hits it all the same.
    @Test func aCertificateThatIsDatedAheadIsRevokedToo() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        try await first.signIn("hans", 1)
        _ = await first.directory.reload(first.file("hans new\n"))
        let login = try Fixture.login("hans", .password(Array("new".utf8)))
        #expect(await first.ask(.login(login), 2).count == 1)
        let second = try await Fixture("hans newer\nleia alderaan\n", in: folder)
        try await second.signIn("leia", 1)
        let issued = (first.times.value.wall / 1_000 + 1) * 1_000
        #expect(try await second.revocations(1).map { $0.issuedBefore > issued } == [false, true])
    }

    /// Else the seal of the new password would stand in the store without the revocation, and after a crash nothing
    /// would tell that there was another one.
    @Test func nobodyIsLetInWhileHisRevocationMayFailYet() async throws {
        let folder = try TemporaryDirectory()
        let keeper = Seen<HeldStore?>(nil)
        let fixture = try await Fixture(in: folder) { store in
            let held = HeldStore(store)
            keeper.set(held)
            return held
        }
        let held = try #require(keeper.value)
        try await fixture.signIn("hans", 1)
        let login = DirectoryRequest.login(try Fixture.login("hans", .password(Array("new".utf8))))

        async let reload = fixture.directory.reload(fixture.file("hans new\nleia alderaan\n"))
        let first = try #require(await held.nextRevocation())
        let busy = DirectoryRefusal.busy(retryAfter: DirectorySettings.standard.limits.busyRetry)
        #expect(await fixture.ask(login, 2) == [.refusal(busy)])
        first.resume(returning: .full)
        #expect(await reload.notices == [.left(try Sample.user("hans"), .expelled), .storeFailed(.full)])

        // The program might end here: he is revoked at the next start.
        let next = try await Fixture("hans new\nleia alderaan\n", in: folder)
        #expect(await next.directory.expelledMeanwhile.map(\.text) == ["hans"])

        async let answers = fixture.ask(login, 2)
        try #require(await held.nextRevocation()).resume(returning: nil)
        guard case .welcome(let welcome)? = await answers.first else {
            Issue.record("\(await answers)")
            return
        }
        #expect(welcome.pulse.revocationSerial > 0)
    }

    @Test func aClockThatWasSetBackSavesNobody() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder, later: 3_600_000)
        try await first.signIn("hans", 1)
        let second = try await Fixture("hans new\nleia alderaan\n", in: folder)
        try await second.signIn("leia", 1)
        let issued = first.times.value.wall
        #expect(try await second.revocations(1).map { $0.issuedBefore > issued } == [true])
    }

    @Test func theDatabaseHoldsNothingThatAPasswordCanBeTriedAgainst() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let hans = try Sample.user("hans")
        let mark = fixture.key.mark(user: hans, password: Array("falcon*solo".utf8))
        let seal = fixture.key.seal(mark)
        #expect(seal != mark)
        #expect(AccountsKey(secret: [1]).seal(mark) != seal, "without the network's secret there is no seal")
        #expect(try await fixture.store.sightings(since: 0).map(\.seal) == [seal])
        try fixture.store.close()
        let bytes = try Data(contentsOf: URL(filePath: fixture.folder.file("directory.sqlite")))
        #expect(bytes.firstRange(of: Data(seal.bytes)) != nil)
        #expect(bytes.firstRange(of: Data(mark.bytes)) == nil)
        #expect(bytes.firstRange(of: Data("falcon*solo".utf8)) == nil)
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
