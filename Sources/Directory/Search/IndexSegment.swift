import Content
import Wire

/// Some of the publications of an index, with what finds them quickly: made once, and never changed.
final class IndexSegment: Sendable {
    static let capacity = Int(UInt16.max) + 1

    let columns: PublicationColumns
    let trigrams: TrigramTable
    /// Slots in the order of the publications' ids, each of which stands here once.
    private let byID: [UInt16]

    init(_ columns: PublicationColumns) {
        self.columns = columns
        trigrams = TrigramTable(of: columns)
        byID = columns.ids.withView { ids in
            (0..<columns.count).map { UInt16($0) }.sorted { ids[Int($0)] < ids[Int($1)] }
        }
    }

    /// Of those that are there of two parts, one behind the other.
    init(joining left: IndexPart, _ right: IndexPart) {
        let (ofLeft, ofRight) = (left.segment, right.segment)
        // What is left out is as long as the rest, as a rule.
        let textCapacity = [left, right].reduce(0) {
            $0 + $1.segment.columns.text.count * $1.liveCount / max(1, $1.segment.columns.count)
        }
        var columns = PublicationColumns(capacity: left.liveCount + right.liveCount, textCapacity: textCapacity)
        columns.append(ofLeft.columns, but: left.dead)
        columns.append(ofRight.columns, but: right.dead)
        self.columns = columns
        let (leftPlaces, rightPlaces) = (NewSlots(of: left, from: 0), NewSlots(of: right, from: left.liveCount))
        trigrams = TrigramTable(ofLeft.trigrams, at: leftPlaces, ofRight.trigrams, at: rightPlaces)
        byID = Self.merged(
            ofLeft.byID.compactMap { leftPlaces[Int($0)] }, ofRight.byID.compactMap { rightPlaces[Int($0)] },
            by: columns.ids)
    }

    /// Two lists of slots, each in the order of their ids, as one that is too.
    private static func merged(_ left: [Int], _ right: [Int], by ids: NumberColumn) -> [UInt16] {
        var merged: [UInt16] = []
        merged.reserveCapacity(left.count + right.count)
        var next = 0
        for slot in left {
            while next < right.count, ids[right[next]] < ids[slot] {
                merged.append(UInt16(right[next]))
                next += 1
            }
            merged.append(UInt16(slot))
        }
        for slot in right[next...] { merged.append(UInt16(slot)) }
        return merged
    }

    func slot(of id: Int64) -> Int? {
        guard let first = byID.first, let last = byID.last, columns.ids[Int(first)] <= id, id <= columns.ids[Int(last)]
        else { return nil }
        let slot = Int(byID[byID.partitionPoint { columns.ids[Int($0)] < id }])
        return columns.ids[slot] == id ? slot : nil
    }
}

/// A segment with those of its publications that are there no more.
struct IndexPart: Sendable {
    let segment: IndexSegment
    private(set) var dead: DeadSlots
    var liveCount: Int { segment.columns.count - dead.count }

    init(_ columns: PublicationColumns) { self.init(IndexSegment(columns)) }

    init(joining left: IndexPart, _ right: IndexPart) { self.init(IndexSegment(joining: left, right)) }

    private init(_ segment: IndexSegment) {
        self.segment = segment
        dead = DeadSlots(capacity: segment.columns.count)
    }

    func contains(_ id: Int64) -> Bool { segment.slot(of: id).map { !dead.contains($0) } ?? false }

    /// Whether it was there until now.
    mutating func remove(_ id: Int64) -> Bool {
        guard let slot = segment.slot(of: id) else { return false }
        return dead.insert(slot)
    }

    mutating func remove(ownedBy owners: Set<Int64>) {
        for slot in segment.columns.slots(ownedBy: owners) { _ = dead.insert(slot) }
    }
}

/// A set of slots.
struct DeadSlots: Sendable {
    private var words: [UInt64]
    private(set) var count = 0

    init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

    func contains(_ slot: Int) -> Bool {
        let word = slot >> 6
        return word < words.count && words[word] >> UInt64(slot & 63) & 1 == 1
    }

    /// Whether it was not in it.
    mutating func insert(_ slot: Int) -> Bool {
        while words.count <= slot >> 6 { words.append(0) }
        let bit = UInt64(1) << UInt64(slot & 63)
        guard words[slot >> 6] & bit == 0 else { return false }
        words[slot >> 6] |= bit
        count += 1
        return true
    }
}
