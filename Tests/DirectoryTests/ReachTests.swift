import Directory
import TestKit
import Testing
import Wire

@Suite struct ReachTests {
    private let attempt = AttemptID([UInt8](repeating: 7, count: AttemptID.byteCount))!

    private func endpoint(_ last: UInt8, _ port: UInt16 = 6_881) throws -> Endpoint {
        try #require(Endpoint(address: [192, 0, 2, last], port: port))
    }

    private func fixture(relays: [RelayPlace] = []) async throws -> DirectoryFixture {
        let fixture = try await DirectoryFixture(relays: relays)
        try await fixture.signIn("hans", 1, address: [192, 0, 2, 1])
        try await fixture.signIn("vader", 2, address: [192, 0, 2, 2])
        return fixture
    }

    @Test func eachHearsWhereTheOtherIs() async throws {
        let fixture = try await fixture()
        let outcome = await fixture.directory.answer(
            .reach(Reach(attempt: attempt, user: try Sample.user("vader"))), from: DirectoryFixture.caller(1))
        #expect(outcome.answers == [.whereabouts(Whereabouts(endpoints: [try endpoint(2)]))])
        let call = Call(
            attempt: attempt, user: try Sample.user("hans"), whereabouts: Whereabouts(endpoints: [try endpoint(1)]))
        #expect(outcome.pushes == [DirectoryPush(session: SessionID(rawValue: 2), message: .call(call))])
    }

    @Test func onlyTheDeviceThatIsMeantIsCalled() async throws {
        let fixture = try await fixture()
        func pushes(at endpoints: [Endpoint]) async throws -> DirectoryOutcome {
            await fixture.directory.answer(
                .reach(Reach(attempt: attempt, user: try Sample.user("vader"), endpoints: endpoints)),
                from: DirectoryFixture.caller(1))
        }
        #expect(try await pushes(at: [try endpoint(9), try endpoint(2)]).pushes.count == 1)
        let elsewhere = try await pushes(at: [try endpoint(9)])
        #expect(elsewhere.answers == [.refusal(.memberAbsent)] && elsewhere.pushes.isEmpty)
    }

    @Test func whoIsNotThereIsNotCalled() async throws {
        let fixture = try await fixture()
        func refusal(_ user: String) async throws -> DirectoryOutcome {
            await fixture.directory.answer(
                .reach(Reach(attempt: attempt, user: try Sample.user(user))), from: DirectoryFixture.caller(1))
        }
        #expect(try await refusal("leia") == DirectoryOutcome(answers: [.refusal(.memberAbsent)]))
        #expect(try await refusal("hans") == DirectoryOutcome(answers: [.refusal(.malformed)]))
        await fixture.pass(DirectorySettings.standard.silenceLimit)
        #expect(try await refusal("vader").pushes.isEmpty)
    }

    @Test func nobodyCallsOthersWithoutALogin() async throws {
        let fixture = try await fixture()
        let answers = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("vader"))), 3)
        #expect(answers == [.refusal(.notLoggedIn)])
    }

    @Test func whoCallsTooOftenIsSlowedDown() async throws {
        let fixture = try await fixture()
        let reach = DirectoryRequest.reach(Reach(attempt: attempt, user: try Sample.user("vader")))
        var refused = 0
        for _ in 0..<200 {
            let answers = await fixture.ask(reach, 1)
            if answers == [.refusal(.slowDown(retryAfter: 1_000))] { refused += 1 }
        }
        #expect(refused == 72)
        // Others are not.
        let other = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("hans"))), 2)
        #expect(other == [.whereabouts(Whereabouts(endpoints: [try endpoint(1)]))])
        await fixture.pass(1_000)
        #expect(await fixture.ask(reach, 1) != [.refusal(.slowDown(retryAfter: 1_000))])
    }

    @Test func bothGetATicketForTheSameRelay() async throws {
        let fixture = try await fixture(relays: [RelayPlace(host: "relay.example.org", port: 7_001)])
        for _ in 0..<2 {
            let outcome = await fixture.directory.answer(
                .reach(Reach(attempt: attempt, user: try Sample.user("vader"))), from: DirectoryFixture.caller(1))
            guard case .whereabouts(let found)? = outcome.answers.first,
                case .call(let call)? = outcome.pushes.first?.message
            else {
                Issue.record("\(outcome)")
                return
            }
            let expiry = fixture.times.value.wall + RelayTicket.lifetime
            #expect(found.relay?.host == "relay.example.org" && found.relay?.port == 7_001)
            #expect(found.relay?.ticket == Array("hans caller until \(expiry)".utf8))
            #expect(call.whereabouts.relay?.ticket == Array("hans called until \(expiry)".utf8))
            #expect(call.whereabouts.relay?.port == 7_001)
        }
    }

    /// What the other one saw goes to who wanted it, with the name of whose it is.
    @Test func aTrialIsTriedAndReported() async throws {
        let fixture = try await fixture()
        let outcome = await fixture.directory.answer(
            .reach(Reach(attempt: attempt, user: try Sample.user("vader"), isTrial: true)),
            from: DirectoryFixture.caller(1))
        guard case .call(let call)? = outcome.pushes.first?.message else {
            Issue.record("\(outcome)")
            return
        }
        #expect(call.isTrial)
        let ways = [WayReport(.dialled, try endpoint(1), .linked, milliseconds: 12)]
        let reported = await fixture.directory.answer(
            .report(TrialReport(attempt: attempt, user: call.user, ways: ways)), from: DirectoryFixture.caller(2))
        let passed = TrialReport(attempt: attempt, user: try Sample.user("vader"), ways: ways)
        #expect(reported.answers == [.done])
        #expect(reported.pushes == [DirectoryPush(session: SessionID(rawValue: 1), message: .report(passed))])
        // To who is not there it goes nowhere; who reports all the time is slowed down.
        let absent = TrialReport(attempt: attempt, user: try Sample.user("leia"), ways: ways)
        #expect(await fixture.ask(.report(absent), 2) == [.done])
        var last: [DirectoryAnswer] = []
        for _ in 0..<200 { last = await fixture.ask(.report(absent), 2) }
        #expect(last == [.refusal(.slowDown(retryAfter: 1_000))])
        #expect(await fixture.ask(.report(absent), 9) == [.refusal(.notLoggedIn)])
    }

    @Test func aDeviceSaysWhereElseItIs() async throws {
        let fixture = try await fixture()
        #expect(await fixture.ask(.locate([try endpoint(77, 9_000)]), 2) == [.done])
        let answers = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("vader"))), 1)
        #expect(answers == [.whereabouts(Whereabouts(endpoints: [try endpoint(2), try endpoint(77, 9_000)]))])
        #expect(await fixture.ask(.locate([]), 9) == [.refusal(.notLoggedIn)])
    }

    private func place(_ address: [UInt8], _ port: UInt16 = 6_881) throws -> Endpoint {
        try #require(Endpoint(address: address, port: port))
    }

    /// What the one hears of the other who says that he is at those places, asking himself, and called.
    private func told(_ claims: [Endpoint], of other: [UInt8], to one: [UInt8]) async throws -> [[Endpoint]] {
        let fixture = try await DirectoryFixture()
        try await fixture.signIn("hans", 1, address: one)
        try await fixture.signIn("vader", 2, address: other)
        #expect(await fixture.ask(.locate(claims), 2) == [.done])
        let asked = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("vader"))), 1)
        let called = await fixture.directory.answer(
            .reach(Reach(attempt: attempt, user: try Sample.user("hans"))), from: DirectoryFixture.caller(2))
        guard case .whereabouts(let found)? = asked.first, case .call(let call)? = called.pushes.first?.message else {
            throw TestKitError.invalid("\(asked), \(called)")
        }
        return [found.endpoints, call.whereabouts.endpoints]
    }

    /// A member does not have another one dial inside that one's own network.
    @Test func placesInsideAreToldOnlyToWhoIsThere() async throws {
        let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 7] + [UInt8](repeating: 1, count: 8)
        let neighbour = six.prefix(8) + [UInt8](repeating: 2, count: 8)
        let (here, there): ([UInt8], [UInt8]) = ([192, 0, 2, 1], [198, 51, 100, 2])
        let inside = try [
            place([10, 0, 0, 5], 22), place([100, 64, 0, 1]), place([0xFD] + [UInt8](repeating: 1, count: 15)),
        ]
        let outside = try place([203, 0, 113, 9], 7_000)
        // No more than four are taken.
        for claims in [inside, Array(inside.dropLast()) + [try place(here, 80)]] {
            let told = try await told(claims + [outside], of: there, to: here)
            #expect(told == Array(repeating: [try place(there), outside], count: 2))
        }
        // Behind one router, in one network of IPv6, or where the server is in a private one itself.
        for (one, other) in [(here, here), (six, Array(neighbour)), ([10, 0, 0, 8], [192, 168, 1, 9])] {
            let told = try await told(inside, of: other, to: one)
            #expect(told == Array(repeating: [try place(other)] + inside, count: 2))
        }
        #expect(try await told([try place(Array(neighbour))], of: there, to: six).allSatisfy { $0.count == 1 })
    }

    /// Who has several addresses says so himself, and hears who is seen at one of the others.
    @Test func aHomeHasSeveralAddresses() async throws {
        let fixture = try await DirectoryFixture()
        let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 7] + [UInt8](repeating: 1, count: 8)
        let (inside, own) = (try place([192, 168, 1, 2]), try place(six.prefix(8) + [UInt8](repeating: 2, count: 8)))
        try await fixture.signIn("hans", 1, address: [192, 0, 2, 1])
        try await fixture.signIn("vader", 2, address: six)
        #expect(await fixture.ask(.locate([inside, own]), 1) == [.done])
        #expect(await fixture.ask(.locate([inside]), 2) == [.done])
        let toHans = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("vader"))), 1)
        #expect(toHans == [.whereabouts(Whereabouts(endpoints: [try place(six), inside]))])
        let toVader = await fixture.ask(.reach(Reach(attempt: attempt, user: try Sample.user("hans"))), 2)
        #expect(toVader == [.whereabouts(Whereabouts(endpoints: [try endpoint(1)]))])
    }

    @Test func thoseWhoAreNamedHearThatAMemberMoved() async throws {
        let fixture = try await fixture()
        try await fixture.signIn("leia", 3)
        func pushes(_ told: [String]) async throws -> [DirectoryPush] {
            await fixture.directory.answer(
                .locate([], telling: try told.map { try Sample.user($0) }), from: DirectoryFixture.caller(2)
            ).pushes
        }
        let push = DirectoryPush(session: SessionID(rawValue: 1), message: .moved(try Sample.user("vader")))
        #expect(try await pushes(["hans", "vader", "nobody"]) == [push])
        #expect(try await pushes([]).isEmpty)
        // As often as calls.
        var count = 0
        for _ in 0..<200 { count += try await pushes(["hans"]).count }
        #expect(count == 126)
    }
}
