import Content
import Directory
import TestKit
import Testing
import Wire

@Suite struct LoginTests {
    typealias Fixture = DirectoryFixture

    func attempt(
        _ fixture: Fixture, _ user: String, _ password: String, session: UInt64 = 1, device: UInt8 = 1,
        takesOver: Bool = true, address: [UInt8] = [192, 0, 2, 7]
    ) async throws -> DirectoryOutcome {
        let login = try Fixture.login(
            user, .password(Array(password.utf8)), device: device, takesOver: takesOver)
        return await fixture.directory.answer(.login(login), from: Fixture.caller(session, address: address))
    }

    func resume(_ fixture: Fixture, _ user: String, _ token: [UInt8], session: UInt64, device: UInt8 = 1)
        async throws -> DirectoryAnswer?
    {
        let login = try Fixture.login(user, .token(token), device: device)
        return await fixture.ask(.login(login), session).first
    }

    func token(_ answer: DirectoryAnswer?) -> [UInt8]? {
        if case .welcome(let welcome) = answer { welcome.token } else { nil }
    }

    @Test func theRightPasswordIsWelcomed() async throws {
        let fixture = try await Fixture()
        let outcome = try await attempt(fixture, "hans", "falcon*solo")
        let time = fixture.times.value.wall
        guard case .welcome(let welcome)? = outcome.answers.first else {
            Issue.record("\(outcome)")
            return
        }
        #expect(welcome.certificate == PlainIssuer.certificate("hans", at: time))
        #expect(welcome.token.count == 32)
        #expect(
            welcome.pulse
                == HeartbeatAnswer(interval: 2_000, silenceLimit: 3_000, serverTime: time, revocationSerial: 0))
        #expect(
            outcome.notices == [.signedIn(try Sample.user("hans"), place: "laptop (192.0.2.7)", byToken: false)])
        let hans = try Sample.user("hans")
        #expect(await fixture.directory.member(of: SessionID(rawValue: 1)) == hans)
    }

    @Test func unknownUserAndWrongPasswordTakeTheSameSteps() async throws {
        let fixture = try await Fixture()
        let wrong = try await attempt(fixture, "hans", "vader's", session: 1)
        let unknown = try await attempt(fixture, "jabba", "vader's", session: 2)
        #expect(wrong.answers == [.refusal(.authenticationFailed)])
        #expect(unknown.answers == wrong.answers)
        #expect(fixture.payments.value.count == 2)
        let empty = try await attempt(fixture, "jabba", "", session: 2)
        #expect(empty.answers == wrong.answers)
        #expect(fixture.payments.value.count == 3)
        _ = try await attempt(fixture, "hans", "falcon*solo", session: 1)
        #expect(fixture.payments.value.count == 4)
    }

    @Test func aCertificateForLongerIsNotedAndHasItsBounds() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let longest = MemberCertificateTerms.longestDays
        let hans = try #require(UserName("hans"))
        let outcome = await fixture.directory.answer(
            .renew(devicePublicKey: [1], days: longest), from: Fixture.caller(1))
        let certificate = PlainIssuer.certificate("hans", at: fixture.times.value.wall) + Array(" 90 days".utf8)
        #expect(outcome.answers == [.certificate(certificate)])
        #expect(outcome.notices == [.certificateIssued(hans, days: longest)])
        for days in [0, -1, longest + 1] {
            #expect(await fixture.ask(.renew(devicePublicKey: [1], days: days), 1) == [.refusal(.malformed)])
        }
    }

    @Test func guessingIsSlowedDownAndTheRightUserIsNot() async throws {
        let fixture = try await Fixture()
        let elsewhere: [UInt8] = [198, 51, 100, 1]
        try await fixture.signIn("hans", 1, address: elsewhere)
        let attacker: [UInt8] = [203, 0, 113, 5]
        for number in 0..<5 {
            _ = try await attempt(fixture, "hans", "guess \(number)", session: 2, address: attacker)
        }
        let slowed = try await attempt(fixture, "hans", "falcon*solo", session: 2, address: attacker)
        #expect(slowed.answers == [.refusal(.slowDown(retryAfter: 1_000))])
        #expect(fixture.payments.value.count == 6, "what is slowed down is not looked at")
        #expect(await fixture.ask(.heartbeat, 1).contains { if case .heartbeat = $0 { true } else { false } })
        #expect(await fixture.ask(.renew(devicePublicKey: [1]), 1).count == 1)
        let again = try await attempt(fixture, "hans", "falcon*solo", session: 3, address: elsewhere)
        #expect(token(again.answers.first) != nil)
    }

    @Test func whoIsOnlineElsewhereIsToldWhereOnlyAfterTheRightPassword() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let other = try await attempt(fixture, "hans", "falcon*solo", session: 2, device: 2)
        #expect(other.answers == [.refusal(.onlineElsewhere(place: "laptop (192.0.2.7)"))])
        let wrong = try await attempt(fixture, "hans", "guess", session: 2, device: 2)
        #expect(wrong.answers == [.refusal(.authenticationFailed)])
        let second = try await attempt(fixture, "hans", "falcon*solo", session: 2, takesOver: false)
        #expect(second.answers == other.answers, "another program on the same device")
        await fixture.pass(3_000)
        let later = try await attempt(fixture, "hans", "falcon*solo", session: 2, device: 2)
        #expect(token(later.answers.first) != nil, "silent, the first one no longer counts")
    }

    @Test func whatIsLeftOfADeadProgramIsReplacedAtOnce() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let outcome = try await attempt(fixture, "hans", "falcon*solo", session: 2)
        #expect(token(outcome.answers.first) != nil)
        #expect(outcome.endedSessions == [SessionID(rawValue: 1)])
        #expect(outcome.notices.first == .left(try Sample.user("hans"), .replaced))
        #expect(await fixture.ask(.heartbeat, 1) == [.refusal(.notLoggedIn)])
    }

    @Test func aRepeatedLoginOfTheSameSessionChangesNothing() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let ids = try await fixture.publish([Sample.draft("a", 1)], 1)
        let outcome = try await attempt(fixture, "hans", "falcon*solo", takesOver: false)
        #expect(token(outcome.answers.first) != nil)
        #expect(outcome.endedSessions.isEmpty)
        #expect(fixture.presence.isServed(ids[0]))
    }

    @Test func anotherMemberInTheSameSessionTakesThePlace() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let outcome = try await attempt(fixture, "vader", "darkside")
        #expect(outcome.notices.first == .left(try Sample.user("hans"), .sessionEnded))
        #expect(await fixture.directory.activeCount == 1)
    }

    @Test func aTokenIsReplacedAtItsUseAndThePreviousOneHoldsUntilTheNewIsSeen() async throws {
        let fixture = try await Fixture()
        let first = try await fixture.signIn("hans", 1).token
        let second = try #require(token(try await resume(fixture, "hans", first, session: 2)))
        #expect(second != first)
        let third = try #require(token(try await resume(fixture, "hans", first, session: 3)), "the answer was lost")
        #expect(try await resume(fixture, "hans", second, session: 4) == .refusal(.tokenInvalid))
        #expect(token(try await resume(fixture, "hans", third, session: 5)) != nil)
        #expect(try await resume(fixture, "hans", first, session: 6) == .refusal(.tokenInvalid))
        #expect(fixture.payments.value.count == 1, "tokens cost no scrypt")
    }

    @Test func aTokenBelongsToItsUserAndDevice() async throws {
        let fixture = try await Fixture()
        let welcome = try await fixture.signIn("hans", 1)
        for (user, device) in [("hans", UInt8(2)), ("vader", 1), ("jabba", 1)] {
            #expect(
                try await resume(fixture, user, welcome.token, session: 2, device: device) == .refusal(.tokenInvalid))
        }
        let forged = Array(welcome.token.dropLast()) + [welcome.token.last.map { $0 ^ 1 } ?? 0]
        for bad: [UInt8] in [[], [1], forged] {
            #expect(try await resume(fixture, "hans", bad, session: 2) == .refusal(.tokenInvalid))
        }
        #expect(token(try await resume(fixture, "hans", welcome.token, session: 2)) != nil)
    }

    @Test func aTokenHoldsThirtyDays() async throws {
        let fixture = try await Fixture()
        let first = try await fixture.signIn("hans", 1).token
        await fixture.pass(29 * 24 * 3_600_000)
        let second = try #require(token(try await resume(fixture, "hans", first, session: 2)))
        await fixture.pass(30 * 24 * 3_600_000)
        #expect(try await resume(fixture, "hans", second, session: 3) == .refusal(.tokenInvalid))
    }

    @Test func aRestartedDirectoryTakesTokensUnlessThePasswordIsAnother() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder).signIn("hans", 1).token
        let second = try #require(token(try await resume(try await Fixture(in: folder), "hans", first, session: 1)))
        let changed = try await Fixture("hans other\n", in: folder)
        #expect(try await resume(changed, "hans", second, session: 1) == .refusal(.tokenInvalid))
    }

    @Test func aLoginThatNoClientOfOursSendsIsMalformed() async throws {
        let fixture = try await Fixture()
        let endpoint = try #require(Endpoint(address: [10, 0, 0, 1], port: 1))
        let password = Login.Proof.password(Array("falcon*solo".utf8))
        for login in [
            try Fixture.login("hans", password, label: String(repeating: "x", count: 65)),
            try Fixture.login("hans", password, key: []),
            try Fixture.login("hans", password, port: 0),
            try Fixture.login("hans", password, local: Array(repeating: endpoint, count: 5)),
        ] {
            #expect(await fixture.ask(.login(login), 1) == [.refusal(.malformed)])
        }
        #expect(await fixture.directory.activeCount == 0)
    }

    @Test func beyondTheQueueLoginsAreToldBusy() async throws {
        let fixture = try await Fixture(parallelism: 1, queue: 1)
        let answers = try await withThrowingTaskGroup(of: DirectoryAnswer?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await attempt(fixture, "hans", "falcon*solo", session: UInt64(number)).answers.first
                }
            }
            return try await group.reduce(into: [DirectoryAnswer?]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { token($0) != nil || $0 == .refusal(.busy(retryAfter: 500)) })
        #expect(await fixture.directory.activeCount == 1)
    }
}
