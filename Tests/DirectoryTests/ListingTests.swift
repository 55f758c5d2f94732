import Content
import Directory
import TestKit
import Testing
import Wire

/// Shared folders, and lists that say where something stands.
@Suite struct ListingTests {
    typealias Fixture = DirectoryFixture

    private func listings(_ query: ListingQuery, _ session: UInt64, _ fixture: Fixture) async throws
        -> [ListedPublication]
    {
        try await fixture.all(
            session, { .listings(query, $0) }, { if case .listings(let page) = $0 { page } else { nil } })
    }

    /// One owner has so many that the others would be far behind.
    @Test func nobodyHidesTheOthers() async throws {
        let fixture = try await Fixture()
        for (session, user) in ["hans", "vader", "leia"].enumerated() {
            try await fixture.signIn(user, UInt64(session))
        }
        for part in 0..<3 {
            let names = (0..<1_000).map { "song \(part) \(10_000 + $0).mp3" }
            _ = try await fixture.publish(names.map { try Sample.draft($0, 1) }, 0)
        }
        _ = try await fixture.publish([Sample.draft("Song of Vader.MP3", 1)], 1)
        let query = ListingQuery.matching(
            Search(SearchQuery(words: [Array("song".utf8)], ignoresCase: true), number: 1))
        let answers = await fixture.ask(.listings(query, PageWindow()), 2)
        let first = answers.flatMap { answer -> [ListedPublication] in
            if case .listings(let page) = answer { page.items } else { [] }
        }
        #expect(first.count { $0.owner.text == "hans" } == 100)
        // By name, as bytes.
        #expect(first.first?.name.text == "Song of Vader.MP3")
        // Page by page, whatever is there comes some time.
        let all = try await listings(query, 2, fixture)
        #expect(all.map(\.owner.text).contains("vader"))
        #expect(Set(all.map(\.id)).count == all.count)
    }

    @Test func whatSomebodyWaitsForIsToldToItsOwner() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let top = try await fixture.publish([Sample.folder("music")], 1)
        let draft = PublicationDraft(parent: top[0], name: try Sample.file("a"), content: nil, size: 3)
        let file = try await fixture.publish([draft], 1)
        #expect(await fixture.ask(.want(file[0]), 2) == [.refusal(.noSuchPublication)])
        #expect(await fixture.ask(.serve(add: top, remove: []), 1) == [.done])
        #expect(await fixture.ask(.want(top[0]), 2) == [.refusal(.noSuchPublication)])
        #expect(await fixture.ask(.want(file[0]), 2) == [.wanted(nil)])
        #expect(await wanted(1, fixture) == file)
        #expect(await wanted(2, fixture) == [])
        await fixture.pass(2_000)
        #expect(await wanted(1, fixture) == file)
        let content = try Sample.content(2)
        _ = try await fixture.publish([PublicationDraft(parent: top[0], name: draft.name, content: content)], 1)
        #expect(await wanted(1, fixture) == [])
        #expect(await fixture.ask(.want(file[0]), 2) == [.wanted(content)])
    }

    @Test func whatNobodyAsksForAnyMoreIsNotWanted() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let top = try await fixture.publish([Sample.folder("music")], 1)
        _ = await fixture.ask(.serve(add: top, remove: []), 1)
        let drafts = try (0..<300).map {
            PublicationDraft(parent: top[0], name: try Sample.file("\($0)"), content: nil, size: 3)
        }
        let files = try await fixture.publish(drafts, 1)
        for file in files { _ = await fixture.ask(.want(file), 2) }
        #expect(await wanted(1, fixture).count == HeartbeatAnswer.wantedLimit)
        for _ in 0..<30 {
            await fixture.pass(1_000)
            _ = await wanted(1, fixture)
        }
        #expect(await wanted(1, fixture) == [])
    }

    @Test func whatIsNeverHashedKeepsNothingElseWaiting() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let top = try await fixture.publish([Sample.folder("music")], 1)
        _ = await fixture.ask(.serve(add: top, remove: []), 1)
        let drafts = try (0..<300).map {
            PublicationDraft(parent: top[0], name: try Sample.file("\($0)"), content: nil, size: 3)
        }
        let files = try await fixture.publish(drafts, 1)
        for file in files.prefix(100) { _ = await fixture.ask(.want(file), 2) }
        var told: [PublicationID] = []
        for _ in 0..<4 { told += await wanted(1, fixture) }
        #expect(Set(told) == Set(files.prefix(100)))
        // Whoever comes new is told of at once, though others were asked for again.
        for file in files.prefix(100) { _ = await fixture.ask(.want(file), 2) }
        _ = await fixture.ask(.want(files[200]), 2)
        #expect(await wanted(1, fixture).contains(files[200]))
        // Also where there are as many as are remembered; those that nobody was told of stay.
        for file in files.prefix(256) { _ = await fixture.ask(.want(file), 2) }
        for _ in 0..<8 { _ = await wanted(1, fixture) }
        _ = await fixture.ask(.want(files[299]), 2)
        #expect(await wanted(1, fixture).contains(files[299]))
    }

    private func wanted(_ session: UInt64, _ fixture: Fixture) async -> [PublicationID] {
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, session).first else { return [] }
        return pulse.wanted
    }

    @Test func foldersAreArrangedAndWithdrawn() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let top = try await fixture.publish([Sample.folder("music")], 1)
        let inner = try await fixture.publish([Sample.folder("old", below: top[0])], 1)
        let file = try await fixture.publish([Sample.draft("a", 1, below: inner[0])], 1)
        _ = await fixture.ask(.serve(add: top, remove: []), 1)
        let place = Arrangement(id: inner[0], parent: top[0], name: try Sample.file("new"))
        #expect(await fixture.ask(.arrange([place]), 2) == [.unpublishResults([false])])
        #expect(await fixture.ask(.arrange([place]), 1) == [.unpublishResults([true])])
        let path = try ["new", "a"].map(Sample.file)
        guard case .found(let page)? = await fixture.ask(.descend(top[0], path), 2).first else {
            Issue.record("no page")
            return
        }
        #expect(page.items.map(\.publication) == file)
        #expect(try await listings(.of(Sample.user("hans"), below: nil), 2, fixture).map(\.id) == top)
        #expect(await fixture.ask(.withdraw(inner + file), 1) == [.unpublishResults([true, false])])
        #expect(try await listings(.matching(Sample.search()), 2, fixture).map(\.id) == top)
        // What stands below another one is not told of one by one.
        #expect(try await fixture.published(1).map(\.id) == top)
    }
}
