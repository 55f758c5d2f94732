package import Wire

/// What a search found in one go.
package struct SearchFindings: Hashable, Sendable {
    /// In the order that was asked for: at most ``limit``.
    package var ids: [PublicationID]
    /// Of each, where they are sorted by that.
    package var holders: [Int64]
    /// Where the search goes on; nil where it came to its end.
    package var next: Int64?

    /// Within so many an order holds; who looks through more gets them in further lists, each sorted by itself.
    package static let limit = 10_000

    package init(ids: [PublicationID], holders: [Int64] = [], next: Int64? = nil) {
        self.ids = ids
        self.holders = holders
        self.next = next
    }
}

extension ActiveIndex {
    /// Names that are looked at in one go, as a rule some ten milliseconds.
    private static let patience = 500_000

    /// - Parameters:
    ///   - owner: The store's number of the query's owner; nil where it asks for none, or for one whom the store does not know:
    ///     then nothing is found.
    ///   - next: As the findings before say; 0 at the beginning.
    ///   - view: What is served.
    ///   - holders: How many have each of some publications, where the order asks for it.
    package func find(
        _ query: SearchQuery, owner: Int64?, by searcher: Searcher, from next: Int64,
        limit: Int = SearchFindings.limit, view: PresenceView,
        holders: ([PublicationID]) throws -> [Int64]
    ) rethrows -> SearchFindings {
        guard query.owner == nil || owner != nil, let test = NameTest(query, owner: owner) else {
            return SearchFindings(ids: [])
        }
        let state = copy
        var gathering = Gathering(
            test: test, hidesUnknown: query.sizes != nil || query.times != nil, searcher: searcher,
            restrictions: state.restrictions, view: view, limit: limit, patience: Self.patience, from: next)
        for (index, part) in state.parts.enumerated() where !gathering.isFull {
            gathering.look(through: part, index)
        }
        if !gathering.isFull { gathering.look(through: state.head, but: state.deadInHead) }
        var counts: [Int64] = []
        if query.order == .holders {
            counts = try holders(
                gathering.hits.map { hit in
                    state.withColumns(hit.part) { PublicationID(rawValue: $0.ids[hit.slot]) }
                })
        }
        let sorted = HitOrder(gathering.hits, query, state, counts).sorted()
        return SearchFindings(
            ids: sorted.map(\.id), holders: counts.isEmpty ? [] : sorted.map { counts[$0.number] },
            next: gathering.next)
    }
}

extension ActiveIndex.State {
    /// Of a part, or of the head.
    func withColumns<Result>(_ part: Int, _ body: (PublicationColumns) -> Result) -> Result {
        part < parts.count ? body(parts[part].segment.columns) : body(head)
    }
}

/// Finds, until there is enough.
private struct Gathering {
    let test: NameTest
    /// What is not told of what is locked is asked for.
    let hidesUnknown: Bool
    let searcher: Searcher
    let restrictions: [Int64: Restriction]
    let view: PresenceView
    let limit: Int
    /// Names that may still be looked at.
    var patience: Int
    /// Only what has a greater sequence number.
    let from: Int64

    var hits: [Hit] = []
    /// Set once there is enough.
    var next: Int64?
    /// Neighbours stand as a rule below the same one.
    private var lastTop: (id: Int64, isServed: Bool)?

    var isFull: Bool { next != nil }

    init(
        test: NameTest, hidesUnknown: Bool, searcher: Searcher, restrictions: [Int64: Restriction], view: PresenceView,
        limit: Int, patience: Int, from: Int64
    ) {
        self.test = test
        self.hidesUnknown = hidesUnknown
        self.searcher = searcher
        self.restrictions = restrictions
        self.view = view
        self.limit = limit
        self.patience = patience
        self.from = from
    }

    mutating func look(through part: IndexPart, _ index: Int) {
        let columns = part.segment.columns
        guard let last = columns.sequences.last, last > from else { return }
        let first = columns.sequences[0] > from ? 0 : columns.firstSlot(after: from)
        columns.text.withUnsafeBufferPointer { text in
            switch SegmentCandidates(test.runs, in: part.segment) {
            case .all: look(at: first..<columns.count, of: columns, index, but: part.dead, text)
            case .some(let slots):
                look(at: slots.lazy.map(Int.init).drop { $0 < first }, of: columns, index, but: part.dead, text)
            }
        }
    }

    mutating func look(through head: PublicationColumns, but dead: DeadSlots) {
        head.text.withUnsafeBufferPointer { text in
            look(at: head.firstSlot(after: from)..<head.count, of: head, .max, but: dead, text)
        }
    }

    private mutating func look(
        at slots: some Sequence<Int>, of columns: PublicationColumns, _ part: Int, but dead: DeadSlots,
        _ text: UnsafeBufferPointer<UInt8>
    ) {
        for slot in slots {
            patience -= 1
            if test.holds(slot, of: columns, text), !dead.contains(slot),
                let sight = sight(of: slot, columns), !(sight == .locked && hidesUnknown)
            {
                hits.append(Hit(part: part, slot: slot, isLocked: sight == .locked))
            }
            if hits.count >= limit || patience <= 0 {
                next = columns.sequences[slot]
                return
            }
        }
    }

    private enum Sight { case open, locked }

    /// Nil where the searcher does not see it.
    private mutating func sight(of slot: Int, _ columns: PublicationColumns) -> Sight? {
        guard columns.owners[slot] != searcher.number else { return nil }
        let top = columns.tops[slot]
        guard isServed(top) else { return nil }
        guard !restrictions.isEmpty, let restriction = restrictions[top], !searcher.isReader(by: restriction) else {
            return .open
        }
        return restriction.isListed && columns.ids[slot] == top ? .locked : nil
    }

    private mutating func isServed(_ top: Int64) -> Bool {
        if let lastTop, lastTop.id == top { return lastTop.isServed }
        let isServed = view.isServed(PublicationID(rawValue: top))
        lastTop = (top, isServed)
        return isServed
    }
}
