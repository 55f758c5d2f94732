import Wire

/// Sorts what was found: by a number, or by name; what is equal, by its name, and then by its id.
///
/// Numbers are compared, never names: of these eight bytes at a time, as a number.
struct HitOrder {
    private struct Entry {
        var key: UInt64
        /// In the order of finding.
        var number: UInt32
    }

    private static let greatest = UInt64(Int64.max)

    private let hits: [Gathering.Hit]
    private let sources: [PublicationColumns]
    private var entries: [Entry]
    private let isReversed: Bool

    /// - Parameter counts: Of holders, where that is the order.
    /// - Returns: Places among the hits.
    static func sorted(_ found: Gathering, _ query: SearchQuery, _ counts: [Int64]) -> [Int] {
        var order = HitOrder(found, isReversed: query.isReversed)
        if query.order == .name {
            order.sortByName(order.entries.indices, from: 0, isReversed: query.isReversed)
        } else {
            order.sort(by: query.order, counts)
        }
        return order.entries.map { Int($0.number) }
    }

    private init(_ found: Gathering, isReversed: Bool) {
        hits = found.hits
        sources = found.sources
        entries = hits.indices.map { Entry(key: 0, number: UInt32($0)) }
        self.isReversed = isReversed
    }

    private mutating func sort(by order: SearchQuery.Order, _ counts: [Int64]) {
        for index in entries.indices {
            let key = key(of: Int(entries[index].number), order, counts)
            // What has none comes last, whichever way round.
            entries[index].key = key.map { isReversed ? ~$0 &- 1 : $0 } ?? .max
        }
        sortByKey(entries.indices)
        for group in groups(in: entries.indices) { sortByName(group, from: 0, isReversed: false) }
    }

    private func key(of number: Int, _ order: SearchQuery.Order, _ counts: [Int64]) -> UInt64? {
        guard !hits[number].isLocked else { return nil }
        let (source, slot) = (Int(hits[number].source), Int(hits[number].slot))
        switch order {
        case .name: return nil
        case .size: return UInt64(exactly: sources[source].sizes[slot])
        case .age: return Self.greatest - UInt64(max(0, sources[source].times[slot]))
        case .holders: return Self.greatest - UInt64(counts[number])
        }
    }

    /// Those in a range, whose names are equal up to some byte.
    private mutating func sortByName(_ range: Range<Int>, from position: Int, isReversed: Bool) {
        for index in range {
            let hit = hits[Int(entries[index].number)]
            let key =
                switch position {
                case 0: hit.front
                case 8: hit.second
                default: sources[Int(hit.source)].eightBytes(of: Int(hit.slot), from: position)
                }
            entries[index].key = isReversed ? ~key : key
        }
        sortByKey(range)
        for group in groups(in: range) {
            let key = entries[group.lowerBound].key
            // No name has a zero in it: one behind a name says that it has ended, and all of them have.
            if (isReversed ? ~key : key) & 0xFF == 0 {
                sortByID(group)
            } else {
                sortByName(group, from: position + 8, isReversed: isReversed)
            }
        }
    }

    private mutating func sortByID(_ range: Range<Int>) {
        for index in range {
            let hit = hits[Int(entries[index].number)]
            entries[index].key = UInt64(bitPattern: sources[Int(hit.source)].ids[Int(hit.slot)])
        }
        sortByKey(range)
    }

    /// Of more than one, those with the same key.
    private func groups(in range: Range<Int>) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where entries[index].key != entries[start].key {
            if index > start + 1 { groups.append(start..<index) }
            start = index
        }
        if range.upperBound > start + 1 { groups.append(start..<range.upperBound) }
        return groups
    }

    private static let digit = (bits: 11, mask: UInt64(0x7FF))

    /// Many by some bits after the others, the last first: that compares nothing.
    private mutating func sortByKey(_ range: Range<Int>) {
        entries.withUnsafeMutableBufferPointer { entries in
            var entries = UnsafeMutableBufferPointer(rebasing: entries[range])
            guard range.count > 512 else { return entries.sort { $0.key < $1.key } }
            let first = entries[0].key
            // Bits in which all are equal sort nothing.
            var differing = entries.reduce(0) { $0 | ($1.key ^ first) }
            withUnsafeTemporaryAllocation(of: Entry.self, capacity: range.count) { others in
                var (from, to) = (entries, others)
                while differing != 0 {
                    let shift = differing.trailingZeroBitCount
                    Self.distribute(from, to, by: UInt64(shift))
                    swap(&from, &to)
                    differing &= UInt64.max << (shift + Self.digit.bits)
                }
                if from.baseAddress != entries.baseAddress { _ = entries.update(from: from) }
            }
        }
    }

    /// In the order of some bits of their keys; those in which these are equal in the order in which they are.
    private static func distribute(
        _ from: UnsafeMutableBufferPointer<Entry>, _ to: UnsafeMutableBufferPointer<Entry>, by shift: UInt64
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << digit.bits) { starts in
            starts.initialize(repeating: 0)
            for entry in from { starts[Int(entry.key &>> shift & digit.mask)] &+= 1 }
            var start: UInt32 = 0
            for value in starts.indices {
                (starts[value], start) = (start, start &+ starts[value])
            }
            for entry in from {
                let value = Int(entry.key &>> shift & digit.mask)
                to[Int(starts[value])] = entry
                starts[value] &+= 1
            }
        }
    }
}
