import Content
import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

/// What a directory makes of what other servers of its store did.
struct OtherServersTests {
    typealias Fixture = DirectoryFixture

    /// Others who did what a test says.
    private final class Others: OtherServers {
        let told = Seen(ServerNews(position: 1))
        let there = Seen<[PresentDevice]>([])
        let wanted = Seen<[PublicationID]>([])
        let renewals = Seen(0)
        let handed = Seen<[HandedOver]>([])
        let handovers = Seen(0)
        let handedOver = AsyncStream<HandedOver> { $0.finish() }

        func announce(_ endpoints: [Endpoint]) {}
        func renewLease() { renewals.change { $0 += 1 } }
        func news(after position: Int64?, revocationsAfter serial: Int64) -> ServerNews {
            var news = told.value
            news.revocations.removeAll { $0.serial <= serial }
            return news
        }
        func members(after name: UserName?, limit: Int) -> [UserName] {
            there.value.map(\.user).filter { user in name.map { user > $0 } ?? true }.sorted()
        }
        func devices(of user: UserName) -> [PresentDevice] { there.value.filter { $0.user == user } }
        func devices(having sources: [ContentSource]) -> [PresentDevice] {
            there.value.filter { device in sources.contains { $0.user == device.user } }
        }
        func handOver(_ handed: [HandedOver]) {
            self.handed.change { $0 += handed }
            handovers.change { $0 += 1 }
        }
        func want(_ publication: PublicationID, of owner: UserName) { wanted.change { $0.append(publication) } }
    }

    private func device(_ user: String, _ number: UInt8) throws -> PresentDevice {
        let endpoint = try #require(Endpoint(address: [192, 0, 2, 9], port: 7_000))
        return PresentDevice(
            try Sample.user(user), try Sample.device(number), place: "desktop (192.0.2.9)", endpoints: [endpoint])
    }

    @Test func whoIsThereIsListedAndDialled() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        try await fixture.signIn("leia", 1)
        others.there.set([try device("hans", 9)])
        let answers = await fixture.ask(.peers(PageWindow()), 1)
        guard case .peers(let page)? = answers.first else { throw TestKitError.invalid("\(answers)") }
        #expect(page.items.map(\.text) == ["hans"])
        #expect(page.isFinal)

        _ = try await fixture.store.publish([Sample.draft("a", 1)], by: Sample.user("hans"), limit: 9)
        let id = try await fixture.store.publications(of: Sample.user("hans"), after: nil, limit: 9)[0].id
        fixture.presence.serve([id])
        let holders = await fixture.ask(.holders(try Sample.content(1), PageWindow()), 1)
        guard case .holders(let found)? = holders.first else { throw TestKitError.invalid("\(holders)") }
        #expect(found.items.map(\.endpoints) == [try device("hans", 9).endpoints])
        // As of those who are here, what is inside a network is for who is in it.
        let inside = try #require(Endpoint(address: [192, 168, 1, 1], port: 80))
        others.there.change { $0[0].endpoints.append(inside) }
        #expect(try await fixture.holders(try Sample.content(1), 1).map(\.endpoints.count) == [1])
        try await fixture.signIn("vader", 2, address: [192, 0, 2, 9])
        #expect(try await fixture.holders(try Sample.content(1), 2).map(\.endpoints.last) == [inside])
        // Nothing of it is kept: here nobody hears when he goes there.
        others.there.set([])
        guard case .holders(let left)? = await fixture.ask(.holders(try Sample.content(1), PageWindow()), 1).first
        else { throw TestKitError.invalid("no holders") }
        #expect(left.items.isEmpty)
    }

    private let attempt = AttemptID([UInt8](repeating: 7, count: AttemptID.byteCount))!

    private func endpoint(_ last: UInt8, _ port: UInt16 = 6_881) throws -> Endpoint {
        try #require(Endpoint(address: [192, 0, 2, last], port: port))
    }

    /// Both hear of each other what they would at one server; the relay of this one is named to who is at another.
    @Test func whoIsElsewhereIsCalledThere() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others, relays: [RelayPlace(port: 7_001)])
        try await fixture.signIn("leia", 1, address: [192, 0, 2, 1])
        var hans = try device("hans", 9)
        hans.reflexive = [try endpoint(9, 7_777)]
        others.there.set([hans])
        var news = ServerNews(position: 2)
        news.servers = [try endpoint(200, 12_000), try endpoint(201, 12_000)]
        others.told.set(news)
        _ = await fixture.directory.followOthers()

        let (leia, user) = (try Sample.user("leia"), try Sample.user("hans"))
        let reach = Reach(attempt: attempt, user: user, endpoints: hans.endpoints)
        let outcome = await fixture.directory.answer(.reach(reach), from: Fixture.caller(1))
        guard case .whereabouts(let found)? = outcome.answers.first else { throw TestKitError.invalid("\(outcome)") }
        #expect(found.endpoints == hans.endpoints && found.reflexive == hans.reflexive)
        #expect(found.relay?.host == nil && found.relay?.port == 7_001)
        #expect(outcome.pushes.isEmpty)
        let handed = try #require(others.handed.value.first)
        #expect(others.handed.value.count == 1 && handed.user == user && handed.endpoints == hans.endpoints)
        guard case .call(let call) = handed.message else { throw TestKitError.invalid("\(handed)") }
        #expect(call.user == leia && call.attempt == attempt)
        #expect(call.whereabouts.endpoints == [try endpoint(1)])
        #expect(call.whereabouts.relay?.host == "192.0.2.200" && call.whereabouts.relay?.port == 7_001)
    }

    /// A trial is called for there too, and what he saw there comes back the same way.
    @Test func aTrialIsTriedAndReportedElsewhere() async throws {
        let (here, there) = (Others(), Others())
        let (caller, called) = (try await Fixture(others: here), try await Fixture(others: there))
        try await caller.signIn("leia", 1, address: [192, 0, 2, 1])
        try await called.signIn("hans", 2, address: [192, 0, 2, 2])
        here.there.set([try device("hans", 9)])
        let (leia, hans) = (try Sample.user("leia"), try Sample.user("hans"))
        let reach = Reach(attempt: attempt, user: hans, isTrial: true)
        guard case .whereabouts? = await caller.ask(.reach(reach), 1).first,
            let asked = here.handed.value.first, case .call(let call) = asked.message
        else { throw TestKitError.invalid("\(here.handed.value)") }
        #expect(call.isTrial)
        #expect(
            await called.directory.take(asked).pushes
                == [DirectoryPush(session: SessionID(rawValue: 2), message: asked.message)])

        let ways = [WayReport(.dialled, try endpoint(1), .silent, milliseconds: 12)]
        let report = TrialReport(attempt: attempt, user: leia, ways: ways)
        let outcome = await called.directory.answer(.report(report), from: Fixture.caller(2))
        #expect(outcome.answers == [.done] && outcome.pushes.isEmpty)
        let passed = DirectoryMessage.report(TrialReport(attempt: attempt, user: hans, ways: ways))
        #expect(there.handed.value == [HandedOver(message: passed, to: leia)])
        #expect(
            await caller.directory.take(try #require(there.handed.value.first)).pushes
                == [DirectoryPush(session: SessionID(rawValue: 1), message: passed)])
        // Who reports all the time has no other server's members told either.
        for _ in 0..<200 { _ = await called.ask(.report(report), 2) }
        #expect(there.handed.value.count == 128)
    }

    /// What a place inside a network is to those who are in it, its own server knows.
    @Test func aCallFromElsewhereNamesNoPlaceInside() async throws {
        let fixture = try await Fixture(others: Others())
        try await fixture.signIn("leia", 1, address: [192, 0, 2, 1])
        let inside = try #require(Endpoint(address: [10, 0, 0, 5], port: 22))
        for (seen, count) in [(1, 2), (2, 1)] as [(UInt8, Int)] {
            let call = Call(
                attempt: attempt, user: try Sample.user("hans"),
                whereabouts: Whereabouts(endpoints: [try endpoint(seen), inside]))
            let pushes = await fixture.directory.take(HandedOver(message: .call(call), to: try Sample.user("leia")))
                .pushes
            guard case .call(let told)? = pushes.first?.message else { throw TestKitError.invalid("\(pushes)") }
            #expect(told.whereabouts.endpoints.count == count)
        }
    }

    @Test func whatOthersHandOverIsPushedToWhoIsMeant() async throws {
        let fixture = try await Fixture(others: Others())
        try await fixture.signIn("leia", 1, address: [192, 0, 2, 1])
        let message = DirectoryMessage.moved(try Sample.user("hans"))
        let push = DirectoryPush(session: SessionID(rawValue: 1), message: message)
        func pushes(_ user: String, _ endpoints: [Endpoint]) async throws -> [DirectoryPush] {
            await fixture.directory.take(HandedOver(message: message, to: try Sample.user(user), at: endpoints)).pushes
        }
        #expect(try await pushes("leia", []) == [push])
        #expect(try await pushes("leia", [try endpoint(1), try endpoint(2)]) == [push])
        #expect(try await pushes("leia", [try endpoint(2)]).isEmpty)
        #expect(try await pushes("vader", []).isEmpty)
    }

    @Test func thatAMemberMovedIsToldToWhoIsElsewhere() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        try await fixture.signIn("leia", 1)
        let told = try ["hans", "lando", "vader"].map { try Sample.user($0) }
        #expect(await fixture.ask(.locate([], telling: told), 1) == [.done])
        let moved = DirectoryMessage.moved(try Sample.user("leia"))
        #expect(others.handed.value == told.map { HandedOver(message: moved, to: $0) })
        // All at once, and nothing where nobody is to be told.
        #expect(await fixture.ask(.locate([], telling: []), 1) == [.done])
        #expect(others.handovers.value == 1)
    }

    @Test func whoIsElsewhereIsNotLetInTwice() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        others.there.set([try device("hans", 9)])
        let password = Login.Proof.password(Array("falcon*solo".utf8))
        #expect(
            await fixture.ask(.login(try Fixture.login("hans", password)), 1)
                == [.refusal(.onlineElsewhere(place: "desktop (192.0.2.9)"))])
        // His own device, whose server died.
        others.there.set([try device("hans", 1)])
        guard case .welcome? = await fixture.ask(.login(try Fixture.login("hans", password)), 2).first else {
            throw TestKitError.invalid("he was not let in")
        }
    }

    @Test func revocationsAreToldInTheirOrder() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        func serial() async -> Int64 {
            guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, 2).first else { return -1 }
            return pulse.revocationSerial
        }
        others.told.change {
            $0.revocations = [Revocation(serial: 2, user: UserName("vader")!, issuedBefore: 5)]
        }
        _ = await fixture.directory.followOthers()
        #expect(await serial() == 0)
        // His tokens ended at another server.
        _ = try await fixture.store.signOut(.only(Sample.device(1)), of: Sample.user("hans"), issuedBefore: 5)
        others.told.change {
            $0.revocations.insert(Revocation(serial: 1, user: UserName("hans")!, issuedBefore: 5), at: 0)
        }
        let outcome = await fixture.directory.followOthers()
        #expect(outcome.endedSessions == [Fixture.caller(1).session])
        #expect(outcome.notices == [.left(try Sample.user("hans"), .expelled)])
        #expect(await serial() == 2)
    }

    @Test func aSignOutWaitsForTheStore() async throws {
        let (others, front) = (Others(), Seen<HeldStore?>(nil))
        let fixture = try await Fixture(others: others) { store in
            let held = HeldStore(store)
            front.set(held)
            return held
        }
        let names = try ["hans", "leia"].map(Sample.user)
        for (number, user) in names.enumerated() {
            try await fixture.signIn(user.text, UInt64(number + 1))
            _ = try await fixture.store.signOut(.only(Sample.device(1)), of: user, issuedBefore: 5)
        }
        others.told.change { news in
            news.revocations = names.enumerated().map {
                Revocation(serial: Int64($0.offset + 1), user: $0.element, issuedBefore: 5)
            }
        }
        front.value?.failing.set([names[1]])
        let outcome = await fixture.directory.followOthers()
        #expect(outcome.endedSessions == [Fixture.caller(1).session])
        #expect(outcome.notices.contains(.storeFailed(.away(detail: "for a test"))))
        front.value?.failing.set([])
        #expect(await fixture.directory.followOthers().endedSessions == [Fixture.caller(2).session])
        #expect(await fixture.directory.followOthers().endedSessions == [])
    }

    /// What another server made of an account.
    enum Deed: CaseIterable, Sendable { case disabled, removed, otherPassword }

    /// Somebody was let in, and given a certificate, by a server that had not heard yet that he is not to be.
    @Test(arguments: Deed.allCases, [true, false])
    func whoCameInByAnAccountThatIsNoMoreIsExpelled(_ deed: Deed, isLate: Bool) async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        try await fixture.enter("anna")
        try await fixture.signIn("anna", 1)
        try await fixture.signIn("hans", 2)
        let anna = try #require(try await fixture.store.invitedAccounts().first)
        var account: InvitedAccount? = anna
        switch deed {
        case .disabled: account?.isDisabled = true
        case .removed: account = nil
        case .otherPassword: account?.password.hash = .zero
        }
        let time = fixture.times.value.wall + (isLate ? -5_000 : 5_000)
        let news = account
        others.told.change {
            $0.accounts = [anna.user: news]
            $0.revocations = [Revocation(serial: 1, user: anna.user, issuedBefore: time)]
        }
        let outcome = await fixture.directory.followOthers()
        #expect(outcome.endedSessions == [Fixture.caller(1).session])
        #expect(outcome.notices == [.left(anna.user, .expelled)])
        // A certificate that the other's revocation does not make void gets one of its own.
        _ = await fixture.directory.tick()
        let kept = try await fixture.store.revocations(since: 0).kept
        #expect(kept.map(\.user) == (isLate ? [anna.user] : []))
        #expect(kept.allSatisfy { $0.issuedBefore > fixture.times.value.wall })
    }

    @Test func whatAnotherServerMadeOfAnAccountIsNotOverwritten() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        try await fixture.enter("anna")
        let anna = try #require(try await fixture.store.invitedAccounts().first)
        var disabled = anna
        disabled.isDisabled = true
        #expect(try await fixture.store.change(anna, to: disabled) == .changed)
        let promotion = Administration.change(.setRole(anna.user, .admin))
        let busy = DirectoryRefusal.busy(retryAfter: DirectorySettings.standard.limits.busyRetry)
        #expect(await fixture.directory.administer(promotion).answers == [.refusal(busy)])
        #expect(try await fixture.store.invitedAccounts() == [disabled])
        let news = disabled
        others.told.change { $0.accounts = [news.user: news] }
        _ = await fixture.directory.followOthers()
        #expect(await fixture.directory.administer(promotion).answers == [.done])
        disabled.role = .admin
        #expect(try await fixture.store.invitedAccounts() == [disabled])
    }

    @Test func whatIsRestrictedElsewhereStopsHere() async throws {
        let (others, tracker) = (Others(), TrackerSwarms())
        let fixture = try await Fixture(others: others, tracker: tracker)
        try await fixture.signIn("hans", 1)
        _ = try await fixture.publish([Sample.draft("plans", 3)], 1)
        guard case .tracker(let text?)? = await fixture.ask(.tracker(try Sample.content(3)), 1).first,
            let path = Array(text.utf8).withUnsafeBytes({ TrackerPath($0) }),
            case .known(let admission?) = await fixture.directory.track(path.passkey, [])
        else { throw TestKitError.invalid("no admission") }
        _ = await fixture.directory.followOthers()
        #expect(tracker.isValid(admission))
        others.told.change { $0.isAnythingRestricted = true }
        _ = await fixture.directory.followOthers()
        #expect(!tracker.isValid(admission))
    }

    @Test func accountsAndWishesFollow() async throws {
        let others = Others()
        let fixture = try await Fixture(others: others)
        let anna = InvitedAccount(
            user: try Sample.user("anna"),
            password: StoredPassword(salt: [UInt8](repeating: 7, count: StoredPassword.saltByteCount), hash: .zero),
            role: .member, attempt: .zero)
        others.told.change { $0.accounts = [anna.user: anna] }
        let before = await fixture.directory.accountCount
        _ = await fixture.directory.followOthers()
        #expect(await fixture.directory.accountCount == before + 1)
        others.told.change { $0.accounts = [anna.user: nil] }
        _ = await fixture.directory.followOthers()
        #expect(await fixture.directory.accountCount == before)
        others.told.change {
            $0.accounts = [:]
            $0.everybody = [anna]
        }
        _ = await fixture.directory.followOthers()
        #expect(await fixture.directory.accountCount == before + 1)

        try await fixture.signIn("hans", 1)
        let endpoint = try #require(Endpoint(address: [192, 0, 2, 1], port: 12_000))
        others.told.change {
            $0 = ServerNews(position: 2)
            $0.asked = [UserName("hans")!]
            $0.wanted = [ServerNews.Want(publication: PublicationID(rawValue: 7), owner: UserName("hans")!)]
            $0.servers = [endpoint]
        }
        let outcome = await fixture.directory.followOthers()
        #expect(outcome.news.allSatisfy { $0 == Fixture.caller(1).session } && !outcome.news.isEmpty)
        #expect(await fixture.directory.beat.servers == [endpoint])
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, 1).first else {
            throw TestKitError.invalid("no pulse")
        }
        #expect(pulse.askSerial == 1)
        #expect(pulse.wanted == [PublicationID(rawValue: 7)])
        #expect(pulse.servers == [endpoint])
        #expect(await fixture.directory.renewLease() == [])
        #expect(others.renewals.value == 1)
    }
}
