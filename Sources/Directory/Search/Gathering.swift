import Wire

/// Finds, until there is enough.
struct Gathering {
    /// Where a publication that was found stands: among ten thousand only this is looked at, and what sorts those with the same front.
    struct Hit {
        /// Among ``sources``.
        var source: UInt32
        var slot: UInt32
        /// The searcher sees that it is there, and no more.
        var isLocked: Bool
        /// Of its name the first eight bytes and those behind, while that is at hand.
        var front, second: UInt64
    }

    let test: NameTest
    /// What is not told of what is locked is asked for.
    let hidesUnknown: Bool
    let searcher: Searcher
    let restrictions: [Int64: Restriction]
    let view: PresenceView
    let limit: Int
    /// Names that may still be looked at.
    private var patience: Int
    /// Only what has a greater sequence number.
    private let from: Int64

    private(set) var hits: [Hit] = []
    /// What was looked through.
    private(set) var sources: [PublicationColumns] = []
    /// Set once there is enough.
    private(set) var next: Int64?

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

    mutating func look(through part: IndexPart) {
        let columns = part.segment.columns
        let first = columns.firstSlot(after: from)
        guard first < columns.count else { return }
        switch SegmentCandidates(test.runs, in: part.segment) {
        case .all: look(at: first..<columns.count, of: columns, but: part.dead)
        case .some(let slots):
            look(at: slots.lazy.map(Int.init).drop { $0 < first }, of: columns, but: part.dead)
        }
    }

    mutating func look(through head: PublicationColumns, but dead: DeadSlots) {
        look(at: head.firstSlot(after: from)..<head.count, of: head, but: dead)
    }

    /// Names that are compared before it is looked up whether they can be had.
    private static let portion = 1_024

    private mutating func look(at slots: some Sequence<Int>, of columns: PublicationColumns, but dead: DeadSlots) {
        sources.append(columns)
        columns.withView { view in
            var slots = slots.makeIterator()
            var named: [Int] = []
            named.reserveCapacity(Self.portion)
            var isAtEnd = false
            while !isAtEnd, !isFull {
                named.removeAll(keepingCapacity: true)
                var last: Int?
                while named.count < Self.portion, patience > 0 {
                    guard let slot = slots.next() else {
                        isAtEnd = true
                        break
                    }
                    last = slot
                    patience -= 1
                    if test.holds(slot, of: view), view.owners[slot] != searcher.number, !dead.contains(slot) {
                        named.append(slot)
                    }
                }
                take(named, of: columns, view)
                if patience <= 0, next == nil, let last { next = columns.sequences[last] }
            }
        }
    }

    /// Those that the searcher sees.
    private mutating func take(_ slots: [Int], of columns: PublicationColumns, _ view: ColumnView) {
        let source = UInt32(sources.count - 1)
        let served = self.view.areServed(slots.lazy.map { PublicationID(rawValue: view.top($0)) })
        let isAllForEverybody = restrictions.isEmpty
        for (slot, isServed) in zip(slots, served) where isServed {
            let isLocked = isAllForEverybody ? false : isLocked(slot, view)
            guard let isLocked, !(isLocked && hidesUnknown) else { continue }
            hits.append(
                Hit(
                    source: source, slot: UInt32(slot), isLocked: isLocked, front: view.eightBytes(of: slot, from: 0),
                    second: view.eightBytes(of: slot, from: 8)))
            guard hits.count < limit else {
                next = columns.sequences[slot]
                return
            }
        }
    }

    /// Nil where the searcher does not see it at all.
    private func isLocked(_ slot: Int, _ view: ColumnView) -> Bool? {
        let top = view.top(slot)
        guard let restriction = restrictions[top], !searcher.isReader(by: restriction) else {
            return false
        }
        return restriction.isListed && view.ids[slot] == top ? true : nil
    }

    // MARK: What was found

    func id(of hit: Hit) -> Int64 { sources[Int(hit.source)].ids[Int(hit.slot)] }

    /// 0: none.
    func content(of hit: Hit) -> UInt64 { sources[Int(hit.source)].contents[Int(hit.slot)] }
}
