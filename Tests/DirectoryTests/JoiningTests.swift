import Content
import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

/// People who were invited become members.
@Suite struct JoiningTests {
    typealias Fixture = DirectoryFixture

    private static let day: Int64 = 86_400_000

    private func invite(_ fixture: Fixture, uses: Int64 = 1, role: Role = .member) async throws -> InviteSecret {
        try await fixture.directory.invite(uses, as: role, until: fixture.times.value.wall + Self.day).secret
    }

    private func signIn(_ fixture: Fixture, _ user: String, _ password: String) async throws -> DirectoryAnswer? {
        let login = try Fixture.login(user, .password(Array(password.utf8)))
        return await fixture.directory.answer(.login(login), from: Fixture.caller(1)).answers.first
    }

    @Test func whoWasInvitedJoinsAndSignsIn() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture, role: .admin)
        let outcome = try await fixture.join(secret, "lando", "cloud city")
        #expect(outcome.answers == [.done])
        #expect(outcome.notices == [.joined(try Sample.user("lando"), .admin)])
        guard case .welcome(let welcome) = try await signIn(fixture, "lando", "cloud city") else {
            Issue.record("no welcome")
            return
        }
        let again = try Fixture.login("lando", .token(welcome.token))
        guard case .welcome? = await fixture.ask(.login(again), 2).first else {
            Issue.record("no welcome by token")
            return
        }
        #expect(try await signIn(fixture, "lando", "cloud cite") == .refusal(.authenticationFailed))
        // It was for one.
        #expect(try await fixture.join(secret, "chewie", "cloud city").answers == [.refusal(.inviteInvalid)])
    }

    @Test func theAccountOutlastsTheProcessAndNobodyIsExpelled() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        _ = try await fixture.join(secret, "lando", "cloud city")
        guard case .welcome = try await signIn(fixture, "lando", "cloud city") else {
            Issue.record("no welcome")
            return
        }
        try fixture.store.close()
        let later = try await Fixture(in: fixture.folder, later: 1_000)
        #expect(await later.directory.expelledMeanwhile == [])
        guard case .welcome = try await signIn(later, "lando", "cloud city") else {
            Issue.record("no welcome after a restart")
            return
        }
        #expect(await later.directory.accountCount == 4)
    }

    @Test func strangersPayNothingAndLearnNothing() async throws {
        let fixture = try await Fixture()
        let unknown = try #require(InviteSecret([UInt8](repeating: 1, count: 16)))
        for user in ["lando", "hans"] {
            #expect(try await fixture.join(unknown, user, "cloud city").answers == [.refusal(.inviteInvalid)])
        }
        #expect(fixture.payments.value.isEmpty)
    }

    /// Without a password: nothing comes of it, and nothing is paid for it.
    @Test func whoAsksIsToldWhetherHeCouldJoin() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        let unknown = try #require(InviteSecret([UInt8](repeating: 1, count: 16)))
        #expect(try await fixture.join(unknown, "hans", nil).answers == [.refusal(.inviteInvalid)])
        #expect(try await fixture.join(secret, "hans", nil).answers == [.refusal(.nameTaken)])
        let outcome = try await fixture.join(secret, "lando", nil)
        #expect(outcome.answers == [.done] && outcome.notices.isEmpty)
        #expect(fixture.payments.value.isEmpty)
        #expect(try await fixture.directory.openInvites().map(\.usesLeft) == [1])
        #expect(try await fixture.join(secret, "lando", "cloud city").answers == [.done])
        // Who did not hear of it is told again, and nobody else.
        #expect(try await fixture.join(secret, "lando", nil).answers == [.done])
        #expect(try await fixture.join(secret, "lando", nil, attempt: 2).answers == [.refusal(.inviteInvalid)])
    }

    @Test func aNameOfTheFileOrOfAnInvitedOneIsTaken() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture, uses: 3)
        #expect(try await fixture.join(secret, "hans", "cloud city").answers == [.refusal(.nameTaken)])
        #expect(try await fixture.join(secret, "lando", "cloud city").answers == [.done])
        #expect(try await fixture.join(secret, "lando", "cloud city", attempt: 2).answers == [.refusal(.nameTaken)])
        #expect(try await fixture.directory.openInvites().map(\.usesLeft) == [2])
    }

    /// In another session, after a restart, and though the invitation was for one.
    @Test func whoDidNotHearOfItIsToldAgain() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        for _ in 0..<2 { #expect(try await fixture.join(secret, "lando", "cloud city").answers == [.done]) }
        #expect(try await fixture.join(secret, "lando", "cloud city", attempt: 2).answers == [.refusal(.inviteInvalid)])
        try fixture.store.close()
        let later = try await Fixture(in: fixture.folder, later: 1_000)
        #expect(try await later.join(secret, "lando", "cloud city").answers == [.done])
        #expect(await later.directory.accountCount == 4)
    }

    /// The file's line came or went while no server ran.
    @Test func whoWasReplacedMeanwhileIsExpelled() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        _ = try await fixture.join(secret, "lando", "cloud city")
        _ = try await signIn(fixture, "lando", "cloud city")
        try fixture.store.close()
        let later = try await Fixture(
            "hans falcon*solo\nlando bespin\n", in: fixture.folder, later: 1_000)
        #expect(await later.directory.expelledMeanwhile.contains(try Sample.user("lando")))
    }

    @Test func anInviteEndsAndCanBeTakenBack() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        let (other, otherSecret) = try await fixture.directory.invite(
            5, as: .member, until: fixture.times.value.wall + 2 * Self.day)
        await fixture.pass(Self.day)
        #expect(try await fixture.join(secret, "lando", "cloud city").answers == [.refusal(.inviteInvalid)])
        #expect(try await fixture.directory.openInvites() == [other])
        #expect(try await fixture.directory.withdrawInvite(other.id))
        #expect(try await fixture.join(otherSecret, "lando", "cloud city").answers == [.refusal(.inviteInvalid)])
        #expect(try await !fixture.directory.withdrawInvite(other.id))
    }

    /// The file's password is the one that counts from then on, and after it the invited one's again.
    @Test func aNameThatTheFileTakesOver() async throws {
        let fixture = try await Fixture()
        let secret = try await invite(fixture)
        _ = try await fixture.join(secret, "lando", "cloud city")
        _ = try await signIn(fixture, "lando", "cloud city")
        let reload = await fixture.directory.reload(fixture.file("hans falcon*solo\nlando bespin\n"))
        guard case .applied(_, let ended) = reload.result else {
            Issue.record("\(reload)")
            return
        }
        #expect(ended.contains(SessionID(rawValue: 1)))
        #expect(try await signIn(fixture, "lando", "cloud city") == .refusal(.authenticationFailed))
        guard case .welcome = try await signIn(fixture, "lando", "bespin") else {
            Issue.record("no welcome by the file's password")
            return
        }
        _ = await fixture.directory.reload(fixture.file("hans falcon*solo\n"))
        #expect(try await signIn(fixture, "lando", "bespin") == .refusal(.authenticationFailed))
        guard case .welcome = try await signIn(fixture, "lando", "cloud city") else {
            Issue.record("no welcome by the own password")
            return
        }
    }
}
