import Directory
import TestKit
import Testing
import Wire

/// Thousands of findings in each order, held against a sort that compares.
@Suite struct HitOrderTests {
    struct Order: Sendable, CustomTestStringConvertible {
        let order: SearchQuery.Order
        let isReversed: Bool
        var testDescription: String { "\(order)\(isReversed ? ", reversed" : "")" }
    }

    static let orders = [SearchQuery.Order.name, .size, .age, .holders].flatMap { order in
        [false, true].map { Order(order: order, isReversed: $0) }
    }

    /// Names that are equal for a while, of 8 and 16 bytes too, and such as are no ASCII.
    private static func name(_ random: inout SeededRandom) throws -> FileName {
        let beginnings = ["c", "a", "abcdefgh", "abcdefghijklmnop", "abcdefghijklmnopq", "Äpfel", "z", "e\u{301}"]
        let ends = ["", "", "a", "b", "B", "é", "12345678", "1234567"]
        return try FileName(
            (beginnings.randomElement(using: &random) ?? "x") + (ends.randomElement(using: &random) ?? ""))
    }

    private static func others(_ id: PublicationID) -> [Int64] { Array(0..<(id.rawValue * 7 % 5)) }

    @Test(arguments: orders, [3, 513, 3_000]) func whatIsFoundIsInItsOrder(_ order: Order, count: Int) throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let (index, view) = (ActiveIndex(headLimit: 64, segmentLimit: 1_024), PresenceView())
        let publications = try (1...count).map { number in
            let id = PublicationID(rawValue: Int64(number))
            return IndexedPublication(
                id: id, top: id, owner: 1, name: try Self.name(&random),
                size: Int.random(in: 0..<4, using: &random) == 0 ? nil : Int64.random(in: 0...1 << 40, using: &random),
                // The first and the last have the same, which the others have not.
                time: number == 1 || number == count ? 1 : Int64.random(in: 2...3, using: &random),
                restriction: number % 11 == 0 ? Restriction(isListed: true, readers: []) : nil)
        }
        index.enter(publications)
        view.serve(publications.map(\.id))
        let query = SearchQuery(words: [], order: order.order, isReversed: order.isReversed)
        let found = index.find(
            query, owner: nil, by: Searcher(number: 9, names: [], now: 0), from: 0, view: view
        ) { $0.map(Self.others) }
        let sorted = publications.sorted { Self.isBefore($0, $1, order) }
        #expect(found.ids == sorted.map(\.id), "seed \(seed)")
    }

    private static func isBefore(_ one: IndexedPublication, _ other: IndexedPublication, _ order: Order) -> Bool {
        guard order.order != .name else {
            if one.name == other.name { return one.id < other.id }
            return (one.name < other.name) != order.isReversed
        }
        switch (number(one, order.order), number(other, order.order)) {
        case (let left?, let right?) where left != right: return (left < right) != order.isReversed
        case (_?, nil): return true
        case (nil, _?): return false
        default: return one.name == other.name ? one.id < other.id : one.name < other.name
        }
    }

    /// The smaller, the earlier; nil comes last.
    private static func number(_ one: IndexedPublication, _ order: SearchQuery.Order) -> Int64? {
        guard one.restriction == nil else { return nil }
        switch order {
        case .name: return nil
        case .size: return one.size
        case .age: return -one.time
        case .holders: return -max(1, Int64(others(one.id).count))
        }
    }
}
