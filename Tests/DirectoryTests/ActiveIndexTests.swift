import Directory
import TestKit
import Testing
import Wire

/// The index against a plain list, through all that happens to its segments.
struct ActiveIndexTests {
    /// What an index should hold, and what should be found in it.
    private struct Model {
        var publications: [PublicationID: IndexedPublication] = [:]
        var served: Set<PublicationID> = []

        func found(_ query: SearchQuery, by searcher: Searcher) -> Set<PublicationID> {
            let words = query.words.map { query.ignoresCase ? FoldedText.fold($0) ?? $0 : $0 }
            return Set(
                publications.values.filter { one in
                    let name = query.ignoresCase ? FoldedText.fold(one.name.text) : one.name.bytes
                    let isNamed = words.allSatisfy { Self.contains(name, $0) }
                    let isSized = query.sizes.map { range in one.size.map(range.contains) ?? false } ?? true
                    guard isNamed, isSized, one.owner != searcher.number, served.contains(one.top) else { return false }
                    guard let restriction = publications[one.top]?.restriction,
                        !restriction.readers.contains(where: { searcher.names.contains($0.name) })
                    else { return true }
                    return restriction.isListed && one.id == one.top && query.sizes == nil
                }.map(\.id))
        }

        private static func contains(_ name: [UInt8], _ word: [UInt8]) -> Bool {
            name.count >= word.count && (0...name.count - word.count).contains { name[$0...].starts(with: word) }
        }
    }

    private static func name(_ random: inout SeededRandom) throws -> FileName {
        let letters = ["a", "A", "b", "c", "é", "É", "ß", "日", "b."]
        return try FileName(
            (0..<Int.random(in: 1...12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
                .joined())
    }

    @Test(arguments: [(4, 16), (7, 64), (64, 256)])
    func findsWhatAPlainListFinds(_ headLimit: Int, _ segmentLimit: Int) throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let (index, view) = (ActiveIndex(headLimit: headLimit, segmentLimit: segmentLimit), PresenceView())
        var model = Model()
        let (leia, luke) = (try Sample.user("leia"), try Sample.user("luke"))
        for step in 0..<600 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let gone = Array(model.publications.keys.sorted().shuffled(using: &random).prefix(5))
                index.remove(gone)
                for id in gone { model.publications[id] = nil }
            case 1 where step % 7 == 0:
                let owners: Set<Int64> = [Int64.random(in: 1...5, using: &random)]
                index.remove(ownedBy: owners)
                model.publications = model.publications.filter { !owners.contains($0.value.owner) }
            default:
                let some = try (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    let id = PublicationID(rawValue: Int64.random(in: 1...400, using: &random))
                    // Below one another or at the top, for ever.
                    let top = PublicationID(rawValue: id.rawValue % 3 == 0 ? id.rawValue : id.rawValue / 3 * 3 + 3)
                    let restriction = Restriction(
                        isListed: id.rawValue % 2 == 0, readers: [Restriction.Reader(name: luke, expires: 0)])
                    return IndexedPublication(
                        id: id, top: top, owner: top.rawValue / 3 % 5 + 1, name: try Self.name(&random),
                        size: Bool.random(using: &random) ? Int64.random(in: 0...9, using: &random) : nil,
                        time: Int64.random(in: 0...9, using: &random),
                        restriction: id == top && id.rawValue % 9 == 0 ? restriction : nil)
                }
                index.enter(some)
                for one in some { model.publications[one.id] = one }
                let tops = some.map(\.top).filter { _ in Bool.random(using: &random) }
                view.serve(tops)
                model.served.formUnion(tops)
            }
            #expect(index.count == model.publications.count, "seed \(seed), step \(step)")
            let words = try (0..<Int.random(in: 0...2, using: &random)).map { _ in
                Array(try Self.name(&random).bytes.prefix(Int.random(in: 1...4, using: &random)))
            }
            var query = SearchQuery(
                words: words, ignoresCase: Bool.random(using: &random),
                sizes: Int.random(in: 0..<4, using: &random) == 0 ? 2...6 : nil)
            query.order = [.name, .size, .age].randomElement(using: &random) ?? .name
            query.isReversed = Bool.random(using: &random)
            let searcher = Searcher(
                number: Int64.random(in: 0...5, using: &random), names: [Bool.random(using: &random) ? leia : luke],
                now: 0)
            let found = Self.all(query, by: searcher, in: index, view, limit: Int.random(in: 1...20, using: &random))
            // Half a letter is in no folded name.
            let isText = words.allSatisfy { String(validating: $0, as: UTF8.self) != nil }
            let wanted = query.ignoresCase && !isText ? [] : model.found(query, by: searcher)
            #expect(Set(found) == wanted, "seed \(seed), step \(step), \(query)")
            #expect(found.count == wanted.count, "seed \(seed), step \(step), \(query)")
        }
    }

    /// Go by go, each of which is sorted.
    private static func all(
        _ query: SearchQuery, by searcher: Searcher, in index: ActiveIndex, _ view: PresenceView, limit: Int
    ) -> [PublicationID] {
        var found: [PublicationID] = []
        var next: Int64? = 0
        while let position = next {
            let go = index.find(query, owner: nil, by: searcher, from: position, limit: limit, view: view) { _ in [] }
            found += go.ids
            next = go.next
        }
        return found
    }

    @Test func whatStaysIsFoundOnceWhateverComesAndGoes() throws {
        let (index, view) = (ActiveIndex(headLimit: 8, segmentLimit: 64), PresenceView())
        func publication(_ id: Int64, owner: Int64) throws -> IndexedPublication {
            IndexedPublication(
                id: PublicationID(rawValue: id), top: PublicationID(rawValue: id), owner: owner,
                name: try FileName("song \(id)"), size: 1, time: 1)
        }
        let staying = try (1...300).map { try publication($0 * 2, owner: 1) }
        index.enter(staying)
        index.enter(try (1...300).map { try publication($0 * 2 + 1, owner: 2) })
        view.serve((1...1_000).map { PublicationID(rawValue: $0) })
        let searcher = Searcher(number: 9, names: [], now: 0)
        let query = SearchQuery(words: [Array("song".utf8)])
        var found: [PublicationID] = []
        var next: Int64? = 0
        var goes = 0
        while let position = next {
            let go = index.find(query, owner: nil, by: searcher, from: position, limit: 50, view: view) { _ in [] }
            found += go.ids
            next = go.next
            goes += 1
            // Segments become one, and others come.
            if goes == 2 { index.remove(ownedBy: [2]) }
            index.enter(try (0..<3).map { try publication(Int64(1_000 + goes * 3 + $0), owner: 3) })
        }
        #expect(goes > 5)
        #expect(Set(staying.map(\.id)).isSubset(of: found))
        #expect(Set(found).count == found.count)
    }

    @Test func ownersAloneAndReversedOrdersHoldToo() throws {
        let (index, view) = (ActiveIndex(), PresenceView())
        let names = ["b", "a", "ab", "aaaaaaaaab", "aaaaaaaaaa"]
        index.enter(
            try names.enumerated().map { number, name in
                IndexedPublication(
                    id: PublicationID(rawValue: Int64(number) + 1), top: PublicationID(rawValue: Int64(number) + 1),
                    owner: Int64(number % 2) + 1, name: try FileName(name), size: number == 0 ? nil : Int64(number % 2),
                    time: Int64(number))
            })
        view.serve((1...5).map { PublicationID(rawValue: $0) })
        func found(_ order: SearchQuery.Order, reversed: Bool = false, owner: Int64? = nil) throws -> [String] {
            let query = SearchQuery(
                words: [], owner: owner == nil ? nil : try Sample.user("hans"), order: order, isReversed: reversed)
            return index.find(
                query, owner: owner, by: Searcher(number: 9, names: [], now: 0), from: 0, view: view
            ) { $0.map { $0.rawValue % 2 } }.ids.map { names[Int($0.rawValue) - 1] }
        }
        #expect(try found(.name) == ["a", "aaaaaaaaaa", "aaaaaaaaab", "ab", "b"])
        #expect(try found(.name, reversed: true) == ["b", "ab", "aaaaaaaaab", "aaaaaaaaaa", "a"])
        #expect(try found(.size) == ["aaaaaaaaaa", "ab", "a", "aaaaaaaaab", "b"])
        #expect(try found(.size, reversed: true) == ["a", "aaaaaaaaab", "aaaaaaaaaa", "ab", "b"])
        #expect(try found(.age) == ["aaaaaaaaaa", "aaaaaaaaab", "ab", "a", "b"])
        #expect(try found(.holders) == ["aaaaaaaaaa", "ab", "b", "a", "aaaaaaaaab"])
        #expect(try found(.name, owner: 2) == ["a", "aaaaaaaaab"])
    }
}
