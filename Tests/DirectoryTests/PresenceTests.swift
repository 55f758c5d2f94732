import Content
import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

@Suite struct PresenceTests {
    typealias Fixture = DirectoryFixture

    @Test(arguments: [
        DirectoryRequest.heartbeat, .goodbye, .renew(devicePublicKey: [1]), .peers(PageWindow()),
        .published(PageWindow()), .publish([]), .unpublish([]), .serve(add: [], remove: []), .hold(add: [], remove: []),
        .search(Sample.search("A"), PageWindow()), .holders(.empty, PageWindow()),
        .revocations(since: 0, window: PageWindow()),
    ])
    func aStrangerIsToldToSignIn(_ request: DirectoryRequest) async throws {
        let fixture = try await Fixture()
        #expect(await fixture.ask(request, 1) == [.refusal(.notLoggedIn)])
    }

    @Test func aStrangerMayAskForTheNetwork() async throws {
        let fixture = try await Fixture()
        let wanted = NetworkDescription(certificatePEM: "the network's", serverTime: fixture.times.value.wall)
        #expect(await fixture.ask(.network, 1) == [.network(wanted)])
    }

    @Test func memoryAnswersWhatItKnowsAndLeavesTheRest() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let caller = Fixture.caller(1)
        for request in [DirectoryRequest.heartbeat, .peers(PageWindow()), .network] {
            #expect(await fixture.directory.answerFromMemory(request, from: caller)?.answers.count == 1)
        }
        for request in [DirectoryRequest.published(PageWindow()), .publish([]), .search(Sample.search(), PageWindow())]
        {
            #expect(await fixture.directory.answerFromMemory(request, from: caller) == nil)
        }
    }

    @Test func aStreamsEndIsKnownAsLongAsItIsOpenAndItsSessionSignedIn() async throws {
        let fixture = try await Fixture()
        let (directory, session) = (fixture.directory, SessionID(rawValue: 1))
        let seen = try #require(Endpoint(address: [198, 51, 100, 1], port: 9_000))
        await directory.attached(session, at: seen)
        #expect(await directory.reflexiveEndpoint(of: session) == nil, "nobody is signed in there")
        try await fixture.signIn("hans", 1)
        await directory.attached(session, at: seen)
        #expect(await directory.reflexiveEndpoint(of: session) == seen)
        // A repeated login changes nothing.
        try await fixture.signIn("hans", 1)
        #expect(await directory.reflexiveEndpoint(of: session) == seen)
        await directory.detached(session)
        #expect(await directory.reflexiveEndpoint(of: session) == nil)
        await directory.attached(session, at: seen)
        _ = await fixture.ask(.goodbye, 1)
        #expect(await directory.reflexiveEndpoint(of: session) == nil)
        try await fixture.signIn("hans", 1)
        await directory.attached(session, at: seen)
        try await fixture.signIn("vader", 1, device: 2)
        #expect(await directory.reflexiveEndpoint(of: session) == nil, "it is another's")
        await directory.attached(session, at: seen)
        _ = await directory.ended(session)
        #expect(await directory.reflexiveEndpoint(of: session) == nil)
        #expect(await fixture.ask(.attach, 1) == [.refusal(.malformed)])
    }

    @Test func silenceMakesInactiveAndBeingHeardActiveAgain() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("vader", 2)
        let id = try await fixture.publish([Sample.draft("plans", 1)], 2)[0]
        #expect(try await fixture.peers(1) == ["vader"])
        #expect(try await fixture.peers(2) == ["hans"])
        await fixture.pass(2_999)
        #expect(await fixture.ask(.heartbeat, 1).count == 1)
        let outcome = await fixture.pass(1)
        #expect(outcome.notices == [.left(try Sample.user("vader"), .silence)])
        #expect(try await fixture.peers(1) == [])
        #expect(try await fixture.search("plan", 1) == [])
        let heard = await fixture.directory.answer(.heartbeat, from: Fixture.caller(2))
        #expect(heard.notices == [.returned(try Sample.user("vader"))])
        #expect(try await fixture.peers(1) == ["vader"])
        #expect(try await fixture.search("plan", 1) == ["plans"])
        #expect(fixture.presence.isServed(id))
    }

    @Test func afterTheTimeOfDormancyTheLoginIsOver() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        await fixture.pass(3_000)
        await fixture.pass(59_999)
        #expect(await fixture.directory.member(of: SessionID(rawValue: 1)) != nil)
        await fixture.pass(1)
        #expect(await fixture.ask(.heartbeat, 1) == [.refusal(.notLoggedIn)])
    }

    @Test func aGoodbyeIsInstantAndTellsWhenTheOwnerLeft() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("vader", 2)
        let id = try await fixture.publish([Sample.draft("plans", 1)], 2)[0]
        await fixture.pass(1_000)
        let left = fixture.times.value.wall
        #expect(await fixture.ask(.goodbye, 2) == [.done])
        #expect(try await fixture.peers(1) == [])
        await fixture.pass(100)
        let wanted = Finding(
            publication: id, owner: try Sample.user("vader"), content: try Sample.content(1), absentSince: left)
        #expect(try await fixture.findings("plans", 1) == [wanted])
        #expect(await fixture.ask(.goodbye, 2) == [.refusal(.notLoggedIn)])
    }

    @Test func anEndedSessionIsALeaving() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let outcome = await fixture.directory.ended(SessionID(rawValue: 1))
        #expect(outcome.notices == [.left(try Sample.user("hans"), .sessionEnded)])
        #expect(await fixture.directory.ended(SessionID(rawValue: 1)) == DirectoryOutcome())
    }

    @Test func onlyOnesOwnPublicationsAreServed() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("vader", 2)
        let unhashed = try await fixture.publish([Sample.draft("later", nil)], 1)[0]
        #expect(!fixture.presence.isServed(unhashed))
        #expect(await fixture.ask(.serve(add: [unhashed], remove: []), 2) == [.done])
        #expect(!fixture.presence.isServed(unhashed))
        #expect(await fixture.ask(.serve(add: [unhashed], remove: []), 1) == [.done])
        #expect(fixture.presence.isServed(unhashed))
        #expect(await fixture.ask(.serve(add: [], remove: [unhashed]), 1) == [.done])
        #expect(!fixture.presence.isServed(unhashed))
    }

    @Test func holdersAreDialledWhereTheServerSeesThemFirst() async throws {
        let fixture = try await Fixture()
        let inner = try #require(Endpoint(address: [10, 0, 0, 5], port: 6_881))
        let outer = try #require(Endpoint(address: [192, 0, 2, 7], port: 6_881))
        let login = try Fixture.login("hans", .password(Array("falcon*solo".utf8)), local: [inner, outer])
        _ = await fixture.ask(.login(login), 1)
        try await fixture.signIn("vader", 2)
        _ = try await fixture.publish([Sample.draft("a", 4)], 1)
        let content = try Sample.content(4)
        let hans = try Sample.user("hans")
        #expect(
            try await fixture.holders(content, 2) == [Holder(user: hans, endpoints: [outer, inner], isWhole: true)])
        #expect(try await fixture.holders(content, 1) == [])
        await fixture.directory.moved(SessionID(rawValue: 1), to: [198, 51, 100, 9])
        let moved = try #require(Endpoint(address: [198, 51, 100, 9], port: 6_881))
        #expect(try await fixture.holders(content, 2).first?.endpoints == [moved])
        // What a router maps is known to him alone, also where it is the very port.
        #expect(await fixture.ask(.locate([moved.mapped(), inner]), 1) == [.done])
        #expect(try await fixture.holders(content, 2).first?.endpoints == [moved.mapped()])
        let entry = HolderEntry(content: content, origin: PublicationID(rawValue: 1), isWhole: false)
        #expect(await fixture.ask(.hold(add: [entry], remove: []), 2) == [.done])
        #expect(try await fixture.holders(content, 1).map(\.user.text) == ["vader"])
        await fixture.pass(3_000)
        _ = await fixture.ask(.heartbeat, 1)
        #expect(try await fixture.holders(content, 1) == [])
    }

    @Test func aFarewellTellsWhenEverybodyWasSeen() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        fixture.times.change { $0.wall += 500 }
        #expect(await fixture.directory.farewell().isEmpty)
        let seen = try await fixture.store.sightings(since: 0)
        #expect(seen.map(\.user.text) == ["hans"])
        #expect(seen.map(\.time) == [fixture.times.value.wall])
    }

    @Test func theSilenceLimitIsNeverUnderOneAndAHalfIntervals() throws {
        #expect(throws: DirectorySettings.SettingsError.silenceLimit(minimum: 3_000)) {
            try DirectorySettings(heartbeatInterval: 2_000, silenceLimit: 2_999)
        }
        #expect(throws: DirectorySettings.SettingsError.interval(minimum: 100, maximum: 86_400_000)) {
            try DirectorySettings(heartbeatInterval: 0, silenceLimit: 2_999)
        }
        #expect(try DirectorySettings(heartbeatInterval: 10_000, silenceLimit: 15_000).silenceLimit == 15_000)
    }
}
