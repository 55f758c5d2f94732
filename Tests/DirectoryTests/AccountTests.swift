import Content
import Directory
import TestKit
import Testing
import Wire

/// What members do about their own accounts.
@Suite struct AccountTests {
    typealias Fixture = DirectoryFixture

    private let old = Array("secret".utf8)
    private let new = Array("kessel run".utf8)

    private func fixture() async throws -> Fixture {
        let fixture = try await Fixture()
        try await fixture.enter("lando")
        return fixture
    }

    private func devices(_ fixture: Fixture, _ session: UInt64) async throws -> [DeviceEntry] {
        try await fixture.all(
            session, { .account(.devices($0)) }, { if case .devices(let page) = $0 { page } else { nil } })
    }

    @Test func anotherPasswordCountsAndOnlyThisSessionStays() async throws {
        let fixture = try await fixture()
        let elsewhere = try await fixture.signIn("lando", 1, device: 1)
        _ = await fixture.ask(.goodbye, 1)
        let here = try await fixture.signIn("lando", 2, device: 2)
        #expect(await fixture.ask(.account(.changePassword(old: old, new: new)), 2) == [.done])
        #expect(try await fixture.revocations(2).map(\.user.text) == ["lando"])
        // What goes on here goes on; the client signs in anew for its token and certificate.
        guard case .welcome? = await fixture.ask(.login(try Fixture.login("lando", .password(new), device: 2)), 2).first
        else {
            Issue.record("no welcome")
            return
        }
        _ = await fixture.ask(.goodbye, 2)
        for (token, device) in [(elsewhere.token, UInt8(1)), (here.token, 2)] {
            let login = try Fixture.login("lando", .token(token), device: device)
            #expect(await fixture.ask(.login(login), 3) == [.refusal(.tokenInvalid)])
        }
        #expect(try await fixture.refusal("lando", 3) == .authenticationFailed)
        #expect(try await fixture.refusal("lando", 3, "kessel run") == nil)
    }

    @Test func theOldPasswordIsLookedAtAsAtALogin() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("lando", 1)
        let wrong = AccountRequest.changePassword(old: Array("wrong".utf8), new: new)
        for _ in 0..<5 { #expect(await fixture.ask(.account(wrong), 1) == [.refusal(.authenticationFailed)]) }
        guard case .refusal(.slowDown)? = await fixture.ask(.account(wrong), 1).first else {
            Issue.record("guesses as he likes")
            return
        }
        await fixture.pass(2_000)
        try await fixture.signIn("lando", 1)
    }

    @Test func whoStandsInTheFileChangesHisPasswordThere() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("hans", 1)
        let paid = fixture.payments.value.count
        let change = AccountRequest.changePassword(old: Array("falcon*solo".utf8), new: new)
        #expect(await fixture.ask(.account(change), 1) == [.refusal(.accountOfFile)])
        #expect(fixture.payments.value.count == paid)
        #expect(await fixture.ask(.account(change), 77) == [.refusal(.notLoggedIn)])
    }

    @Test func ownDevicesAreListedAndSignedOut() async throws {
        let fixture = try await fixture()
        let first = try await fixture.signIn("lando", 1, device: 1)
        _ = await fixture.ask(.goodbye, 1)
        await fixture.pass(1_000)
        let second = try await fixture.signIn("lando", 2, device: 2)
        _ = await fixture.ask(.goodbye, 2)
        await fixture.pass(1_000)
        try await fixture.signIn("lando", 3, device: 3)
        try await fixture.signIn("hans", 4, device: 4)
        let listed = try await devices(fixture, 3)
        #expect(listed.map(\.id) == [try Sample.device(1), try Sample.device(2), try Sample.device(3)])
        #expect(listed.map(\.isOnline) == [false, false, true])
        #expect(listed.map(\.isThis) == [false, false, true])
        #expect(listed[0].label == "laptop")
        #expect(listed[1].lastSignIn - listed[0].lastSignIn == 1_000)

        let serial = try await fixture.revocations(4).last?.serial ?? 0
        #expect(await fixture.ask(.account(.signOut(try Sample.device(1))), 3) == [.done])
        #expect(try await fixture.revocations(4, since: serial).map(\.user.text) == ["lando"])
        #expect(await fixture.ask(.account(.signOut(try Sample.device(1))), 3) == [.refusal(.noSuchDevice)])
        // Somebody else's.
        #expect(await fixture.ask(.account(.signOut(try Sample.device(4))), 3) == [.refusal(.noSuchDevice)])
        #expect(try await devices(fixture, 3).count == 2)
        for _ in 0..<2 { #expect(await fixture.ask(.account(.signOutOthers), 3) == [.done]) }
        #expect(try await devices(fixture, 3).map(\.isThis) == [true])
        // The certificate of this one is renewed, and good.
        guard case .certificate(let leaf)? = await fixture.ask(.renew(devicePublicKey: [1, 2, 3]), 3).first else {
            Issue.record("no certificate")
            return
        }
        let void = try #require(try await fixture.revocations(4).last?.issuedBefore)
        #expect(leaf == PlainIssuer.certificate("lando", at: void))
        _ = await fixture.ask(.goodbye, 3)
        for (token, device) in [(first.token, UInt8(1)), (second.token, 2)] {
            let login = try Fixture.login("lando", .token(token), device: device)
            #expect(await fixture.ask(.login(login), 5) == [.refusal(.tokenInvalid)])
        }
    }

    @Test func whoSignsThisDeviceOutLeaves() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("lando", 1, device: 1)
        let outcome = await fixture.directory.answer(
            .account(.signOut(try Sample.device(1))), from: Fixture.caller(1))
        #expect(outcome.answers == [.done])
        #expect(outcome.endedSessions == [SessionID(rawValue: 1)])
        #expect(await fixture.ask(.heartbeat, 1) == [.refusal(.notLoggedIn)])
    }
}
