import Content
import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

/// What administrators may do, and what nobody may.
@Suite struct AdministrationTests {
    typealias Fixture = DirectoryFixture

    /// hans, vader and leia are of the credentials file; these were invited.
    private func fixture(settings: DirectorySettings = .standard) async throws -> Fixture {
        let fixture = try await Fixture(settings: settings)
        try await fixture.enter("olga", role: .admin)
        try await fixture.enter("lando")
        try await fixture.enter("chewie")
        try await fixture.signIn("olga", 50, device: 9)
        return fixture
    }

    /// Olga asks, in her session.
    private func ask(_ fixture: Fixture, _ change: AdministrativeChange) async -> DirectoryAnswer? {
        await fixture.ask(.administer(.change(change)), 50).first
    }

    private static func changes() throws -> [AdministrativeChange] {
        let (lando, jedi) = (try Sample.user("lando"), try Sample.user("jedi"))
        let secret = try #require(InviteSecret([UInt8](repeating: 1, count: 16)))
        return [
            .invite(secret, uses: 1, role: .member, lifetime: 60_000), .withdrawInvite(1), .disable(lando),
            .enable(lando), .remove(lando), .setRole(lando, .admin), .setPassword(lando, Array("cloud city".utf8)),
            .signOut(lando), .takeDown([try Sample.file("a")], of: lando), .addGroup(jedi), .removeGroup(jedi),
            .addMembers([lando], to: jedi), .removeMembers([lando], from: jedi),
        ]
    }

    @Test func everybodyElseIsRefused() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("chewie", 2, device: 2)
        let lists: [AdministrativeList] = [
            .invites, .members, .sessions, .publications(of: try Sample.user("lando")), .groups,
            .groupMembers(try Sample.user("jedi")),
        ]
        let all =
            try Self.changes().map(Administration.change) + lists.map { .list($0, PageWindow()) }
        for administration in all {
            for session: UInt64 in [1, 2] {
                #expect(await fixture.ask(.administer(administration), session) == [.refusal(.notAllowed)])
            }
            #expect(await fixture.ask(.administer(administration), 77) == [.refusal(.notLoggedIn)])
        }
        #expect(try await fixture.members().first { $0.user.text == "lando" }?.standing == .invited)
    }

    @Test func theRoleIsToldAndChangesAtOnce() async throws {
        let fixture = try await fixture()
        #expect(try await fixture.signIn("chewie", 2, device: 2).pulse.role == .member)
        #expect(try await fixture.signIn("olga", 50, device: 9).pulse.role == .admin)
        #expect(await ask(fixture, .setRole(try Sample.user("chewie"), .admin)) == .done)
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, 2).first else {
            Issue.record("no pulse")
            return
        }
        #expect(pulse.role == .admin)
        #expect(
            await fixture.ask(.administer(.change(.setRole(try Sample.user("olga"), .member))), 2) == [.done])
        #expect(await ask(fixture, .addGroup(try Sample.user("jedi"))) == .refusal(.notAllowed))
    }

    @Test func whoIsDisabledIsExpelledAndNotLetInUntilHeIsEnabled() async throws {
        let fixture = try await fixture()
        let lando = try Sample.user("lando")
        let welcome = try await fixture.signIn("lando", 3, device: 3)
        _ = try await fixture.publish([Sample.draft("a", 1)], 3)
        let outcome = await fixture.directory.answer(
            .administer(.change(.disable(lando))), from: Fixture.caller(50))
        #expect(outcome.answers == [.done])
        #expect(outcome.endedSessions == [SessionID(rawValue: 3)])
        #expect(outcome.notices.contains(.left(lando, .expelled)))
        #expect(try await fixture.revocations(50).map(\.user) == [lando])
        #expect(await fixture.ask(.heartbeat, 3) == [.refusal(.notLoggedIn)])
        let byToken = try Fixture.login("lando", .token(welcome.token), device: 3)
        #expect(await fixture.ask(.login(byToken), 4) == [.refusal(.tokenInvalid)])
        // Who has the password may know why it does not help; nobody else.
        #expect(try await fixture.refusal("lando", 4) == .notAllowed)
        let guess = try Fixture.login("lando", .password(Array("another one".utf8)), device: 3)
        #expect(await fixture.ask(.login(guess), 4) == [.refusal(.authenticationFailed)])
        #expect(try await fixture.findings("a", 50).isEmpty)
        #expect(await ask(fixture, .disable(lando)) == .done)
        #expect(await ask(fixture, .enable(lando)) == .done)
        try await fixture.signIn("lando", 4, device: 3)
        #expect(try await fixture.findings("a", 50).count == 1)
    }

    @Test func whatWasChangedOutlastsTheProcess() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("lando", 3, device: 3)
        #expect(await ask(fixture, .disable(try Sample.user("lando"))) == .done)
        #expect(await ask(fixture, .setRole(try Sample.user("chewie"), .admin)) == .done)
        #expect(await ask(fixture, .addGroup(try Sample.user("jedi"))) == .done)
        try fixture.store.close()
        let later = try await Fixture(in: fixture.folder, later: 5_000)
        #expect(await later.directory.expelledMeanwhile == [])
        #expect(try await later.refusal("lando", 4) == .notAllowed)
        #expect(try await later.signIn("chewie", 5).pulse.role == .admin)
        #expect(try await later.revocations(5).map(\.user.text) == ["lando"])
    }

    @Test func whoIsRemovedLeavesNothingAndHisNameIsFree() async throws {
        let fixture = try await fixture()
        let lando = try Sample.user("lando")
        try await fixture.signIn("lando", 3, device: 3)
        for part in 0..<3 {
            _ = try await fixture.publish((0..<800).map { try Sample.draft("a \(part) \($0)", 1) }, 3)
        }
        let outcome = await fixture.directory.answer(.administer(.change(.remove(lando))), from: Fixture.caller(50))
        #expect(outcome.answers == [.done])
        #expect(outcome.endedSessions == [SessionID(rawValue: 3)])
        #expect(try await fixture.search("a", 50).isEmpty)
        #expect(try await !fixture.members().contains { $0.user == lando })
        #expect(try await Set(fixture.revocations(50).map(\.user)) == [lando])
        #expect(await ask(fixture, .remove(lando)) == .refusal(.noSuchMember))
        await fixture.pass(10_000)
        try await fixture.enter("lando")
        try await fixture.signIn("olga", 51, device: 9)
        try await fixture.signIn("lando", 4, device: 4)
    }

    /// Somebody whose line left the file left his publications, too.
    @Test func whatSomebodyLeftCanBeRemoved() async throws {
        let fixture = try await fixture()
        let vader = try Sample.user("vader")
        try await fixture.signIn("vader", 1)
        _ = try await fixture.publish([Sample.draft("a", 1)], 1)
        _ = await fixture.directory.reload(fixture.file("hans falcon*solo\n"))
        #expect(try await fixture.members().first { $0.user == vader }?.standing == .gone)
        #expect(await ask(fixture, .remove(vader)) == .done)
        #expect(try await !fixture.members().contains { $0.user == vader })
    }

    @Test func whoStandsInTheFileIsChangedNowhereElse() async throws {
        let fixture = try await fixture()
        let hans = try Sample.user("hans")
        try await fixture.signIn("hans", 1)
        for change: AdministrativeChange in [
            .disable(hans), .enable(hans), .remove(hans), .setRole(hans, .admin),
            .setPassword(hans, Array("cloud city".utf8)),
        ] {
            #expect(await ask(fixture, change) == .refusal(.accountOfFile))
        }
        #expect(await fixture.ask(.heartbeat, 1).first != .refusal(.notLoggedIn))
    }

    @Test func somebodyWhoMayAdministerRemains() async throws {
        let fixture = try await fixture()
        let (olga, lando) = (try Sample.user("olga"), try Sample.user("lando"))
        for change: AdministrativeChange in [.disable(olga), .remove(olga), .setRole(olga, .member)] {
            #expect(await ask(fixture, change) == .refusal(.lastAdmin))
        }
        #expect(await ask(fixture, .setRole(lando, .admin)) == .done)
        #expect(await ask(fixture, .disable(lando)) == .done)
        // One who is not let in administers nothing.
        #expect(await ask(fixture, .setRole(olga, .member)) == .refusal(.lastAdmin))
        #expect(await ask(fixture, .enable(lando)) == .done)
        #expect(await ask(fixture, .setRole(olga, .member)) == .done)
    }

    /// Each of two could remove the other: not both succeed.
    @Test func twoWhoDemoteEachOtherAtTheSameTime() async throws {
        for _ in 0..<20 {
            let fixture = try await fixture()
            #expect(await ask(fixture, .setRole(try Sample.user("lando"), .admin)) == .done)
            async let first = ask(fixture, .setRole(try Sample.user("lando"), .member))
            async let second = fixture.directory.administer(.change(.setRole(try Sample.user("olga"), .member)))
            _ = try await (first, second)
            let admins = try await fixture.members().filter { $0.role == .admin }
            #expect(admins.count >= 1)
        }
    }

    /// The log names what was taken down, and nothing else.
    @Test func whatWasNotThereIsNotSaidToBeTakenDown() async throws {
        let fixture = try await fixture()
        let lando = try Sample.user("lando")
        try await fixture.signIn("lando", 3, device: 3)
        _ = try await fixture.publish([Sample.draft("a", 1)], 3)
        func deed(_ names: [String]) async throws -> AdministrativeDeed? {
            let change = AdministrativeChange.takeDown(try names.map(Sample.file), of: lando)
            let outcome = await fixture.directory.answer(.administer(.change(change)), from: Fixture.caller(50))
            return outcome.notices.compactMap { if case .administered(_, let deed) = $0 { deed } else { nil } }.first
        }
        #expect(try await deed(["b"]) == nil)
        #expect(try await deed(["a", "b"])?.facts["names"] == "[\"a\"]")
        #expect(try await deed(["a"]) == nil)
    }

    @Test func aPasswordThatWasSetIsTheOneThatCounts() async throws {
        let fixture = try await fixture()
        let lando = try Sample.user("lando")
        try await fixture.signIn("lando", 3, device: 3)
        let outcome = await fixture.directory.answer(
            .administer(.change(.setPassword(lando, Array("bespin bespin".utf8)))), from: Fixture.caller(50))
        #expect(outcome.endedSessions == [SessionID(rawValue: 3)])
        #expect(
            outcome.notices.contains {
                if case .administered(_, let deed) = $0 { !"\(deed)".contains("bespin") } else { false }
            })
        #expect(try await fixture.refusal("lando", 4) == .authenticationFailed)
        #expect(try await fixture.refusal("lando", 4, "bespin bespin") == nil)
        #expect(await ask(fixture, .setPassword(lando, Array("short".utf8))) == .refusal(.malformed))
        #expect(
            await ask(fixture, .setPassword(try Sample.user("nobody"), Array("long enough".utf8)))
                == .refusal(.noSuchMember))
    }

    @Test func whoIsSignedOutNeedsHisPassword() async throws {
        let fixture = try await fixture()
        let welcome = try await fixture.signIn("hans", 1)
        #expect(await ask(fixture, .signOut(try Sample.user("hans"))) == .done)
        let byToken = try Fixture.login("hans", .token(welcome.token))
        #expect(await fixture.ask(.login(byToken), 2) == [.refusal(.tokenInvalid)])
        try await fixture.signIn("hans", 2)
        #expect(await ask(fixture, .signOut(try Sample.user("nobody"))) == .refusal(.noSuchMember))
    }

    @Test func sessionsAndMembersAreListed() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("hans", 1)
        _ = try await fixture.publish([Sample.draft("a", 1), Sample.draft("b", 2)], 1)
        await fixture.pass(1_000)
        let sessions: [SessionEntry] = try await fixture.all(
            50, { .administer(.list(.sessions, $0)) }, { if case .sessions(let page) = $0 { page } else { nil } })
        #expect(sessions.map(\.user.text) == ["hans", "olga"])
        #expect(sessions.map(\.address) == ["192.0.2.7", "192.0.2.7"])
        #expect(sessions[0].since == fixture.times.value.wall - 1_000)
        let members = try await fixture.members()
        #expect(members.map(\.user.text) == ["chewie", "hans", "lando", "leia", "olga", "vader"])
        #expect(members.map(\.standing) == [.invited, .filed, .invited, .filed, .invited, .filed])
        #expect(members[1].publications == 2)
        #expect(members.map(\.isOnline) == [false, true, false, false, true, false])
        #expect(members[3].lastSeen == nil)
    }

    /// Of the file, invited, and left, merged window by window.
    @Test func aLongListOfMembersIsWhole() async throws {
        let filed = (0..<3_000).map { "f\($0 * 7_919 % 3_000)" }
        let fixture = try await Fixture(filed.map { "\($0) secret\n" }.joined())
        let left = try (0..<500).map { try Sample.user("g\($0)") }
        try await fixture.store.note(left.map { Sighting(user: $0, time: 5) })
        try await fixture.enter("olga", role: .admin)
        try await fixture.signIn("olga", 50)
        let members: [MemberEntry] = try await fixture.all(
            50, { .administer(.list(.members, $0)) }, { if case .members(let page) = $0 { page } else { nil } })
        #expect(
            members.map(\.user) == (try filed.map { try Sample.user($0) } + left + [try Sample.user("olga")]).sorted())
        #expect(members.count { $0.standing == .gone } == 500)
    }

    @Test func publicationsAreListedAndTakenDown() async throws {
        let fixture = try await fixture()
        let hans = try Sample.user("hans")
        try await fixture.signIn("hans", 1)
        _ = try await fixture.publish([Sample.draft("a", 1), Sample.draft("b", 2)], 1)
        let listed: [Publication] = try await fixture.all(
            50, { .administer(.list(.publications(of: hans), $0)) },
            { if case .published(let page) = $0 { page } else { nil } })
        #expect(listed.map(\.name.text) == ["a", "b"])
        let names = [try Sample.file("a"), try Sample.file("c")]
        #expect(await ask(fixture, .takeDown(names, of: hans)) == .unpublishResults([true, false]))
        #expect(try await fixture.search("", 50) == ["b"])
        #expect(try await fixture.published(1).map(\.name.text) == ["b"])
    }

    @Test func groupsAndMembersShareTheirNames() async throws {
        let fixture = try await fixture()
        let (jedi, hans, lando) = (try Sample.user("jedi"), try Sample.user("hans"), try Sample.user("lando"))
        for taken in [hans, lando] { #expect(await ask(fixture, .addGroup(taken)) == .refusal(.nameTaken)) }
        for _ in 0..<2 { #expect(await ask(fixture, .addGroup(jedi)) == .done) }
        #expect(await ask(fixture, .addMembers([hans, lando], to: jedi)) == .done)
        #expect(await ask(fixture, .addMembers([try Sample.user("nobody")], to: jedi)) == .refusal(.noSuchMember))
        #expect(await ask(fixture, .addMembers([hans], to: hans)) == .refusal(.noSuchGroup))
        #expect(await ask(fixture, .removeMembers([hans], from: jedi)) == .done)
        let members: [UserName] = try await fixture.all(
            50, { .administer(.list(.groupMembers(jedi), $0)) },
            { if case .groupMembers(let page) = $0 { page } else { nil } })
        #expect(members == [lando])
        let secret = try await fixture.directory.invite(1, as: .member, until: .max).secret
        #expect(try await fixture.join(secret, "jedi", "cloud city").answers == [.refusal(.nameTaken)])
        #expect(await ask(fixture, .removeGroup(jedi)) == .done)
        #expect(await ask(fixture, .removeGroup(jedi)) == .refusal(.noSuchGroup))
        #expect(
            await fixture.ask(.administer(.list(.groupMembers(jedi), PageWindow())), 50) == [.refusal(.noSuchGroup)])
    }

    @Test func quotasOfInvitesAndGroups() async throws {
        var settings = DirectorySettings.standard
        settings.limits.openInvites = 2
        settings.limits.groups = 1
        settings.limits.membersPerGroup = 1
        let fixture = try await fixture(settings: settings)
        for number: UInt8 in 1...3 {
            let secret = try #require(InviteSecret([UInt8](repeating: number, count: 16)))
            let answer = await ask(fixture, .invite(secret, uses: 1, role: .member, lifetime: 60_000))
            #expect((answer == .refusal(.quotaReached(limit: 2))) == (number == 3))
        }
        #expect(await ask(fixture, .addGroup(try Sample.user("jedi"))) == .done)
        #expect(await ask(fixture, .addGroup(try Sample.user("sith"))) == .refusal(.quotaReached(limit: 1)))
        let users = [try Sample.user("hans"), try Sample.user("leia")]
        let full = await ask(fixture, .addMembers(users, to: try Sample.user("jedi")))
        #expect(full == .refusal(.quotaReached(limit: 1)))
    }

    @Test func anInvitationThatIsAskedForTwiceIsOne() async throws {
        let fixture = try await fixture()
        let secret = try #require(InviteSecret([UInt8](repeating: 1, count: 16)))
        let change = AdministrativeChange.invite(secret, uses: 3, role: .admin, lifetime: 86_400_000)
        guard case .invited(let entry)? = await ask(fixture, change) else {
            Issue.record("no invitation")
            return
        }
        #expect(entry.usesLeft == 3 && entry.role == .admin)
        #expect(await ask(fixture, change) == .invited(entry))
        #expect(try await fixture.join(secret, "boba", "cloud city").answers == [.done])
        let listed: [InviteEntry] = try await fixture.all(
            50, { .administer(.list(.invites, $0)) }, { if case .invites(let page) = $0 { page } else { nil } })
        #expect(listed.map(\.usesLeft) == [2])
        #expect(await ask(fixture, .withdrawInvite(entry.id)) == .done)
        #expect(await ask(fixture, .withdrawInvite(entry.id)) == .refusal(.noSuchInvite))
        #expect(
            await ask(fixture, .invite(secret, uses: 0, role: .member, lifetime: 60_000)) == .refusal(.malformed))
    }
}

extension DirectoryFixture {
    /// Lets somebody join whose password is `secret`.
    func enter(_ user: String, role: Role = .member) async throws {
        let secret = try await directory.invite(1, as: role, until: .max).secret
        let outcome = try await join(secret, user, "secret")
        guard outcome.answers == [.done] else { throw TestKitError.invalid("\(outcome.answers)") }
    }

    /// Why somebody is not let in; nil where he is.
    func refusal(
        _ user: String, _ session: UInt64, _ password: String = "secret"
    ) async throws -> DirectoryRefusal? {
        let login = try Self.login(user, .password(Array(password.utf8)), device: 3)
        if case .refusal(let refusal)? = await ask(.login(login), session).first { return refusal }
        return nil
    }

    /// As an administrator sees them.
    func members() async throws -> [MemberEntry] {
        let outcome = await directory.administer(.list(.members, PageWindow()))
        guard case .members(let page)? = outcome.answers.first, page.isFinal else {
            throw TestKitError.invalid("\(outcome.answers)")
        }
        return page.items
    }
}
