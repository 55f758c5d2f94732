import NodeControl
import PeerNode
import TestKit
import Testing

/// What is due, and what is new, decided without a clock or a network.
@Suite struct SearchBookTests {
    private static func listing(
        _ name: String, _ owners: String..., root: String? = nil, size: Int64? = 5
    ) -> Listing {
        Listing(name: name, isFolder: false, size: size, root: root, owners: owners)
    }

    private static func found(_ listings: Listing...) -> FoundListings {
        FoundListings(listings: listings, isComplete: true)
    }

    private static func book(_ found: [Listing] = []) -> SearchBook {
        var book = SearchBook(interval: .seconds(60))
        _ = book.save(SearchDraft(name: "jazz", text: "jazz"), found: found, at: .zero, 1_000)
        return book
    }

    /// What a run at that second finds anew.
    private static func run(_ book: inout SearchBook, at second: Int, _ found: FoundListings) throws -> [String] {
        guard let turn = book.next(at: .seconds(second)),
            let news = book.take(found, of: turn, Int64(second) * 1_000)
        else { throw TestKitError.timedOut("a turn") }
        return news.matches.map { "\($0.owner)/\($0.name)" }
    }

    private static func taken(
        _ book: inout SearchBook, at second: Int, _ found: FoundListings
    ) -> (SearchBook.Turn?, SearchBook.News?) {
        let turn = book.next(at: .seconds(second))
        return (turn, turn.flatMap { book.take(found, of: $0, 7) })
    }

    /// Whose turn it is, or nobody's.
    private static func next(_ book: inout SearchBook, at second: Int) -> String? {
        book.next(at: .seconds(second))?.name
    }

    private static func look(_ book: inout SearchBook, at name: String) -> Int? { book.look(at: name)?.count }

    @Test func whatWasThereIsNotToldAndTheRestOnce() throws {
        var book = Self.book([Self.listing("old", "vader", root: "1")])
        let all = Self.found(Self.listing("old", "vader", root: "1"), Self.listing("new", "vader", root: "2"))
        #expect(try Self.run(&book, at: 60, all) == ["vader/new"])
        #expect(try Self.run(&book, at: 120, all) == [])
        // Its owner was away for a while.
        #expect(try Self.run(&book, at: 180, Self.found()) == [])
        #expect(try Self.run(&book, at: 240, all) == [])
        #expect(book.searches.map(\.newCount) == [1])
    }

    @Test func theSameAgainIsNotNew() throws {
        var book = Self.book()
        // By name only, then hashed.
        #expect(try Self.run(&book, at: 60, Self.found(Self.listing("a", "vader"))) == ["vader/a"])
        #expect(try Self.run(&book, at: 120, Self.found(Self.listing("a", "vader", root: "1"))) == [])
        // With another who has it, and then with him alone.
        #expect(try Self.run(&book, at: 180, Self.found(Self.listing("a", "leia", "vader", root: "1"))) == [])
        #expect(try Self.run(&book, at: 240, Self.found(Self.listing("a", "leia", root: "1"))) == [])
        // He has changed it.
        #expect(try Self.run(&book, at: 300, Self.found(Self.listing("a", "vader", root: "2"))) == [])
        // Something else of that name is.
        #expect(try Self.run(&book, at: 360, Self.found(Self.listing("a", "yoda", root: "3"))) == ["yoda/a"])
        // One listing of several owners is told once.
        let several = Self.found(Self.listing("b", "hans", "yoda", root: "4"), Self.listing("b", "yoda", root: "4"))
        #expect(try Self.run(&book, at: 420, several) == ["hans/b"])
    }

    @Test func whatIsRememberedIsBoundedAndWhatIsThereStays() {
        var before = FoundBefore()
        let stays = Self.listing("stays", "vader", root: "0")
        for round in 0..<5 {
            let others = (0..<1_000).map { Self.listing("\(round)-\($0)", "vader", root: "\(round)-\($0)") }
            let new = before.take([stays] + others).count
            #expect(new == (round == 0 ? 1_001 : 1_000))
        }
        #expect(before.count == FoundBefore.limit)
        let again = before.take([stays])
        #expect(again.isEmpty)
        // The oldest is not known any more.
        let oldest = before.take([Self.listing("0-0", "vader", root: "0-0")])
        #expect(oldest.count == 1)
    }

    @Test func turnsComeOneAfterTheOther() throws {
        var book = SearchBook(interval: .seconds(60))
        for (index, name) in ["a", "b", "c"].enumerated() {
            _ = book.save(SearchDraft(name: name, text: name), found: [], at: .seconds(index), 0)
        }
        #expect(book.pause(at: .seconds(2)) == .seconds(58))
        #expect(Self.next(&book, at: 59) == nil)
        // All three are due: each has its turn, with a pause between.
        #expect(Self.next(&book, at: 100) == "a")
        #expect(Self.next(&book, at: 100) == nil)
        #expect(book.pause(at: .seconds(100)) == SearchBook.gap)
        #expect(Self.next(&book, at: 101) == "b")
        #expect(Self.next(&book, at: 102) == "c")
        #expect(Self.next(&book, at: 103) == nil)
        #expect(book.pause(at: .seconds(103)) == .seconds(57))
        book.set(interval: .seconds(5), at: .seconds(103))
        #expect(book.pause(at: .seconds(103)) == .seconds(5))
        #expect(SearchBook(interval: .seconds(1)).pause(at: .zero) == nil)
    }

    @Test func ofOneThatWasReplacedNothingIsTaken() throws {
        var book = Self.book()
        let first = book.next(at: .seconds(60))
        let turn = try #require(first)
        _ = book.save(SearchDraft(name: "jazz", text: "other"), found: [], at: .seconds(60), 0)
        let late = book.take(Self.found(Self.listing("a", "vader")), of: turn, 0)
        #expect(late == nil)
        let second = book.next(at: .seconds(120))
        let next = try #require(second)
        #expect(next.text == "other")
        let wasThere = book.forget("jazz")
        let forgotten = book.take(Self.found(), of: next, 0)
        let isThere = book.forget("jazz")
        #expect(wasThere && forgotten == nil && !isThere)
    }

    @Test func whatIsNewIsLookedAtOnceAndBounded() throws {
        var book = Self.book()
        let many = FoundListings(
            listings: (0..<150).map { Self.listing("f\($0)", "vader", root: "\($0)") }, isComplete: false)
        let (_, taken) = Self.taken(&book, at: 60, many)
        let news = try #require(taken)
        #expect(news.search.newCount == 150 && !news.search.isComplete && news.search.lastRun == 7)
        // Not all are told one by one.
        #expect(news.notices.count == SearchBook.toldMatches)
        #expect(
            news.notices.last
                == .searchMatched(search: "jazz", match: news.matches[9], further: 150 - SearchBook.toldMatches))
        #expect(news.notices.first == .searchMatched(search: "jazz", match: news.matches[0], further: 0))
        #expect(Self.look(&book, at: "jazz") == SearchBook.keptMatches)
        #expect(Self.look(&book, at: "jazz") == 0)
        #expect(book.searches.map(\.newCount) == [0])
        #expect(Self.look(&book, at: "other") == nil)
    }

    @Test func whatIsKeptIsTakenUpAgain() throws {
        var book = Self.book([Self.listing("old", "vader", root: "1")])
        #expect(try Self.run(&book, at: 60, Self.found(Self.listing("new", "vader", root: "2"))) == ["vader/new"])
        var next = SearchBook(interval: .seconds(60))
        next.restore(book.kept, at: .zero)
        #expect(next.searches.map(\.newCount) == [1])
        #expect(next.searches.map(\.lastRun) == [nil])
        // Not in the first moment.
        #expect(Self.next(&next, at: 0) == nil)
        #expect(next.pause(at: .zero) == SearchBook.firstPause)
        let all = Self.found(
            Self.listing("old", "vader", root: "1"), Self.listing("new", "vader", root: "2"),
            Self.listing("third", "vader", root: "3"))
        #expect(try Self.run(&next, at: 2, all) == ["vader/third"])
    }

    @Test func thereIsRoomForSoMany() {
        var book = SearchBook(interval: .seconds(60))
        for number in 0..<SearchBook.limit {
            _ = book.save(SearchDraft(name: "\(number)", text: ""), found: [], at: .zero, 0)
        }
        #expect(!book.hasRoom(for: "more") && book.hasRoom(for: "3"))
        var next = SearchBook(interval: .seconds(60))
        var kept = book.kept
        kept[0].draft.name = "\n"
        next.restore(kept + kept, at: .zero)
        #expect(next.searches.count == SearchBook.limit - 1)
    }

    @Test func whatCanBeKept() {
        func isPossible(_ name: String, _ text: String, _ command: String? = nil) -> Bool {
            SearchDraft(name: name, text: text, command: command).isPossible
        }
        #expect(isPossible("a b", "") && isPossible("é", "x", "true"))
        #expect(!isPossible("", "x") && !isPossible("a\nb", "x") && !isPossible("a", "x\u{1B}"))
        #expect(!isPossible(String(repeating: "a", count: 65), "x"))
        #expect(!isPossible("a", String(repeating: "a", count: 256)))
        #expect(!isPossible("a", "x", "") && !isPossible("a", "x", "tr\0ue"))
        #expect(!isPossible("a", "x", String(repeating: "a", count: 4_097)))
    }
}
