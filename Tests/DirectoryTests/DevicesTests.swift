import Content
import Directory
import TestKit
import Testing
import Wire

/// Several devices of one member at the same time.
@Suite struct DevicesTests {
    typealias Fixture = DirectoryFixture

    private static func fixture(_ devices: Int = 2) async throws -> Fixture {
        var settings = DirectorySettings.standard
        settings.devices = devices
        return try await Fixture(settings: settings)
    }

    private func attempt(
        _ fixture: Fixture, _ session: UInt64, device: UInt8, takesOver: Bool = true
    ) async throws -> DirectoryOutcome {
        let login = try Fixture.login(
            "hans", .password(Array("falcon*solo".utf8)), device: device, takesOver: takesOver,
            label: "device \(device)", port: 6_880 + UInt16(device))
        return await fixture.directory.answer(.login(login), from: Fixture.caller(session))
    }

    private func isRefused(_ outcome: DirectoryOutcome) -> Bool {
        if case .refusal(.onlineElsewhere)? = outcome.answers.first { true } else { false }
    }

    @Test func soManyAreLetInAndNoMore() async throws {
        let fixture = try await Self.fixture()
        #expect(!isRefused(try await attempt(fixture, 1, device: 1)))
        #expect(!isRefused(try await attempt(fixture, 2, device: 2)))
        let third = try await attempt(fixture, 3, device: 3)
        #expect(third.answers == [.refusal(.onlineElsewhere(place: "device 1 (192.0.2.7)"))])
        try await fixture.signIn("leia", 9)
        #expect(try await fixture.peers(9) == ["hans"])
        // When one leaves, there is room.
        #expect(await fixture.ask(.goodbye, 1) == [.done])
        #expect(try await fixture.peers(9) == ["hans"])
        #expect(!isRefused(try await attempt(fixture, 3, device: 3)))
        #expect(isRefused(try await attempt(fixture, 1, device: 1)))
    }

    @Test func aDeviceReplacesItselfAndNoOther() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        // Another program on the same device is in its way, whether or not there is room.
        #expect(isRefused(try await attempt(fixture, 3, device: 2, takesOver: false)))
        let again = try await attempt(fixture, 4, device: 2)
        #expect(again.endedSessions == [SessionID(rawValue: 2)])
        #expect(again.notices.contains(.left(try Sample.user("hans"), .replaced)))
        #expect(await fixture.ask(.heartbeat, 2) == [.refusal(.notLoggedIn)])
        for session: UInt64 in [1, 4] { #expect(await fixture.ask(.heartbeat, session).count == 1) }
        let room = try await Self.fixture(3)
        _ = try await attempt(room, 1, device: 1)
        #expect(isRefused(try await attempt(room, 2, device: 1, takesOver: false)))
    }

    @Test func aSilentOneGivesWayToAnother() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        await fixture.pass(2_000)
        _ = try await attempt(fixture, 2, device: 2)
        let silence = await fixture.pass(1_000)
        #expect(silence.notices == [.left(try Sample.user("hans"), .silence)])
        try await fixture.signIn("leia", 9)
        #expect(try await fixture.peers(9) == ["hans"])
        let third = try await attempt(fixture, 3, device: 3)
        #expect(third.endedSessions == [SessionID(rawValue: 1)])
        // It cannot come back: there would be three.
        #expect(await fixture.ask(.heartbeat, 1) == [.refusal(.notLoggedIn)])
    }

    @Test func aPublicationIsActiveWhileAnyDeviceServesIt() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        let one = try await fixture.publish([Sample.draft("one", 1)], 1)
        let both = try await fixture.publish([Sample.draft("both", 2)], 1)
        #expect(await fixture.ask(.serve(add: both, remove: []), 2) == [.done])
        #expect(fixture.presence.isServed(one[0]))
        // One says that it cannot give it any more; the other one can.
        #expect(await fixture.ask(.serve(add: [], remove: both), 1) == [.done])
        #expect(fixture.presence.isServed(both[0]))
        #expect(await fixture.ask(.serve(add: both, remove: []), 1) == [.done])
        #expect(await fixture.ask(.goodbye, 1) == [.done])
        #expect(!fixture.presence.isServed(one[0]))
        #expect(fixture.presence.isServed(both[0]))
        await fixture.pass(3_000)
        #expect(!fixture.presence.isServed(both[0]))
        // It is heard again.
        _ = await fixture.ask(.heartbeat, 2)
        #expect(fixture.presence.isServed(both[0]))
    }

    @Test func whatIsUnpublishedIsServedByNone() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        let ids = try await fixture.publish([Sample.draft("both", 2)], 1)
        _ = await fixture.ask(.serve(add: ids, remove: []), 2)
        #expect(await fixture.ask(.unpublish([try Sample.file("both")]), 1) == [.unpublishResults([true])])
        #expect(!fixture.presence.isServed(ids[0]))
        #expect(await fixture.ask(.goodbye, 1) == [.done])
        #expect(!fixture.presence.isServed(ids[0]))
    }

    @Test func aHolderIsDialledWhereTheContentIs() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        try await fixture.signIn("leia", 9)
        let first = try await fixture.publish([Sample.draft("first", 1)], 1)
        _ = try await fixture.publish([Sample.draft("second", 2)], 2)
        #expect(try await ports(Sample.content(1), fixture) == [6_881])
        #expect(try await ports(Sample.content(2), fixture) == [6_882])
        _ = await fixture.ask(.serve(add: first, remove: []), 2)
        #expect(try await ports(Sample.content(1), fixture) == [6_881, 6_882])
        // What a device holds without having published it is there alone, too.
        let entry = HolderEntry(content: try Sample.content(3), origin: first[0], isWhole: true)
        #expect(await fixture.ask(.hold(add: [entry], remove: []), 2) == [.done])
        #expect(try await ports(Sample.content(3), fixture) == [6_882])
        // What stands below a shared folder is where that is.
        let top = try await fixture.publish([Sample.folder("music")], 2)
        _ = await fixture.ask(.serve(add: top, remove: []), 2)
        _ = try await fixture.publish([Sample.draft("deep", 4, below: top[0])], 2)
        #expect(try await ports(Sample.content(4), fixture) == [6_882])
    }

    private func ports(_ content: ContentID, _ fixture: Fixture) async throws -> [UInt16] {
        try await fixture.holders(content, 9).flatMap(\.endpoints).map(\.port)
    }

    @Test func whatIsWantedIsToldToAllDevices() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        try await fixture.signIn("leia", 9)
        let file = try await fixture.publish([Sample.draft("later", nil)], 1)
        _ = await fixture.ask(.serve(add: file, remove: []), 1)
        #expect(await fixture.ask(.want(file[0]), 9) == [.wanted(nil)])
        for session: UInt64 in [1, 2] { #expect(await wanted(session, fixture) == file) }
        _ = try await fixture.publish([Sample.draft("later", 5)], 2)
        for session: UInt64 in [1, 2] { #expect(await wanted(session, fixture) == []) }
    }

    private func wanted(_ session: UInt64, _ fixture: Fixture) async -> [PublicationID] {
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, session).first else { return [] }
        return pulse.wanted
    }

    @Test func expellingEndsAllSessions() async throws {
        let fixture = try await Self.fixture()
        _ = try await attempt(fixture, 1, device: 1)
        _ = try await attempt(fixture, 2, device: 2)
        let ended = await fixture.directory.reload(fixture.file("vader darkside\n")).result
        guard case .applied(_, let sessions) = ended else {
            Issue.record("\(ended)")
            return
        }
        #expect(Set(sessions) == [SessionID(rawValue: 1), SessionID(rawValue: 2)])
        for session: UInt64 in [1, 2] { #expect(await fixture.ask(.heartbeat, session) == [.refusal(.notLoggedIn)]) }
    }

    @Test func devicesAndSessionsListEach() async throws {
        let fixture = try await Self.fixture(40)
        for device: UInt8 in 1...30 { _ = try await attempt(fixture, UInt64(device), device: device) }
        try await fixture.signIn("leia", 99)
        let devices = try await fixture.all(
            1, { .account(.devices($0)) }, { if case .devices(let page) = $0 { page } else { nil } })
        #expect(devices.filter(\.isOnline).count == devices.count)
        #expect(devices.filter(\.isThis).map(\.label) == ["device 1"])
        let sessions = try await sessions(fixture)
        #expect(sessions == (1...30).map { "hans device \($0)" } + ["leia laptop"])
        // One of them is signed out.
        let last = try #require(devices.first { $0.label == "device 30" })
        let outcome = await fixture.directory.answer(.account(.signOut(last.id)), from: Fixture.caller(1))
        #expect(outcome.endedSessions == [SessionID(rawValue: 30)])
        let others = await fixture.directory.answer(.account(.signOutOthers), from: Fixture.caller(1))
        #expect(others.endedSessions.count == 28)
    }

    /// Window by window of one page, so that one ends among those of a member.
    private func sessions(_ fixture: Fixture) async throws -> [String] {
        var found: [String] = []
        var after: [UInt8] = []
        while true {
            let outcome = await fixture.directory.administer(.list(.sessions, PageWindow(after: after, wanted: 1)))
            guard case .sessions(let page)? = outcome.answers.first else {
                throw TestKitError.invalid("\(outcome.answers)")
            }
            found += page.items.map { "\($0.user) \($0.label)" }
            after = page.last
            if page.isFinal { return found }
        }
    }
}
