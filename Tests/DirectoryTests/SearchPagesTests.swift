import Directory
import TestKit
import Testing
import Wire

/// Pages of a search go on in what was found when it was first asked for.
struct SearchPagesTests {
    private typealias Fixture = DirectoryFixture

    private static func fixture(_ names: [String]) async throws -> (Fixture, [PublicationID]) {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        return (fixture, try await fixture.publish(try names.map { try Sample.draft($0, 1) }, 1))
    }

    private static func names(_ answers: [DirectoryAnswer]) -> [String] {
        pages(answers).flatMap(\.items).map(\.name.text)
    }

    private static func pages(_ answers: [DirectoryAnswer]) -> [Page<FoundName>] {
        answers.compactMap { if case .names(let page) = $0 { page } else { nil } }
    }

    @Test func whatStaysIsNeitherMissedNorDoubled() async throws {
        let names = (0..<400).map { "song \(1_000 + $0)" }
        let (fixture, ids) = try await Self.fixture(names)
        let search = Search(SearchQuery(words: [Array("song".utf8)]), number: 5)
        let first = Self.pages(await fixture.ask(.search(search, PageWindow(wanted: 0b11)), 2))
        try #require(first.count == 2)
        // What comes stands before all, what goes was shown: neither moves a page.
        _ = try await fixture.publish([Sample.draft("a song", 1)], 1)
        _ = await fixture.ask(.withdraw(Array(ids.prefix(10))), 1)
        let gone = Set(names.prefix(10))
        var found = first.flatMap(\.items).map(\.name.text)
        var after = first[1].last
        while true {
            let more = Self.pages(await fixture.ask(.search(search, PageWindow(after: after, wanted: 0b111)), 2))
            found += more.flatMap(\.items).map(\.name.text)
            guard let last = more.last, !last.isFinal else { break }
            after = last.last
        }
        #expect(Set(found).union(gone) == Set(names))
        #expect(Set(found).count == found.count)
        // A search of its own finds what is there now.
        let other = Search(search.query, number: 6)
        let now = Self.names(await fixture.ask(.search(other, PageWindow()), 2))
        #expect(now.first == "a song")
    }

    @Test func whatIsNotKeptBeginsAnew() async throws {
        let (fixture, _) = try await Self.fixture((0..<200).map { "song \(1_000 + $0)" })
        let search = Search(SearchQuery(words: [Array("song".utf8)]), number: 5)
        let window = PageWindow(after: [0, 0, 0, 0, 0, 0, 0, 20])
        let forgotten: [DirectoryAnswer] = [.refusal(.searchForgotten)]
        #expect(await fixture.ask(.search(search, window), 2) == forgotten)
        #expect(await fixture.ask(.search(search, PageWindow()), 2) != forgotten)
        #expect(await fixture.ask(.search(search, window), 2) != forgotten)
        // Another session's, another one of the same number, and one beyond what was found.
        #expect(await fixture.ask(.search(search, window), 1) == forgotten)
        #expect(await fixture.ask(.search(Search(SearchQuery(words: []), number: 5), window), 2) == forgotten)
        let beyond = PageWindow(after: [0, 0, 0, 0, 0, 0, 9, 20])
        #expect(await fixture.ask(.search(search, beyond), 2) == forgotten)
        await fixture.pass(61_000)
        try await fixture.signIn("leia", 2)
        #expect(await fixture.ask(.search(search, window), 2) == forgotten)
    }

    @Test func whatIsVeryMuchIsSortedInPartsAndSaysSo() async throws {
        let count = SearchFindings.limit + 500
        let (fixture, _) = try await Self.fixture([])
        for part in stride(from: 0, to: count, by: 500) {
            _ = try await fixture.publish(try (part..<part + 500).map { try Sample.draft("song \($0)", 1) }, 1)
        }
        let search = Search(SearchQuery(words: [Array("song".utf8)]), number: 5)
        var (found, after): ([String], [UInt8]) = ([], [])
        while true {
            let pages = Self.pages(await fixture.ask(.search(search, PageWindow(after: after)), 2))
            #expect(!pages.contains { !$0.isSortedInParts })
            found += pages.flatMap(\.items).map(\.name.text)
            guard let last = pages.last, !last.isFinal else { break }
            after = last.last
        }
        #expect(found.count == count)
        #expect(Set(found).count == count)
        let few = Search(SearchQuery(words: [Array("song 12".utf8)]), number: 6)
        let pages = Self.pages(await fixture.ask(.search(few, PageWindow()), 2))
        #expect(!pages.contains { $0.isSortedInParts })
    }

    /// One name may stand for very much, and one owner may have nearly all that is found.
    @Test func whatIsOftenTheSameGoesOnToo() async throws {
        var settings = DirectorySettings.standard
        settings.limits.passedOver = 50
        settings.limits.resultsPerOwner = 5
        let fixture = try await Fixture(settings: settings)
        for (session, user) in ["hans", "vader", "leia"].enumerated() {
            try await fixture.signIn(user, UInt64(session))
        }
        let folders = try await fixture.publish((0..<200).map { try Sample.folder("folder \($0)") }, 0)
        _ = await fixture.ask(.serve(add: folders, remove: []), 0)
        for folder in folders { _ = try await fixture.publish([Sample.draft("same", 1, below: folder)], 0) }
        _ = try await fixture.publish([Sample.draft("samet", 1)], 1)
        // A name that is cut comes once more.
        #expect(Set(try await fixture.search("same", 2)) == ["same", "samet"])
        let search = Search(SearchQuery(words: [Array("same".utf8)]), number: 5)
        var (owners, after): ([String], [UInt8]) = ([], [])
        for _ in 0..<100 {
            let answers = await fixture.ask(.listings(.matching(search), PageWindow(after: after)), 2)
            guard case .listings(let last)? = answers.last else { break }
            for case .listings(let page) in answers { owners += page.items.map(\.owner.text) }
            after = last.last
            if last.isFinal { break }
        }
        #expect(owners.contains("vader"))
        #expect(owners.count { $0 == "hans" } <= 200)
    }
}
