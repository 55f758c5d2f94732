import Content

/// In which names of a segment each run of three bytes stands.
///
/// A name counts as if two zeros followed it, which stand in no name: so each of its bytes begins one run, and also what is
/// shorter than three bytes is found, as the beginning of runs.
struct TrigramTable: Sendable {
    /// Ascending; the slots of each are `slots[starts[n]..<starts[n + 1]]`, ascending too.
    private var keys: [UInt32] = []
    private var starts: [UInt32] = [0]
    private var slots: [UInt16] = []

    init(of columns: PublicationColumns) {
        var pairs = Pairs(capacity: columns.text.count)
        columns.text.withUnsafeBufferPointer { text in
            for slot in 0..<columns.count {
                let range = columns.folded(slot)
                var run: UInt32 = 0
                // Two bytes ahead.
                for position in range.lowerBound..<range.upperBound + 2 {
                    let byte = position < range.upperBound ? FoldedText.lower(text[position]) : 0
                    run = (run << 8 | UInt32(byte)) & 0xFF_FFFF
                    if position >= range.lowerBound + 2 { pairs.append(run, UInt16(slot)) }
                }
            }
        }
        pairs.sort()
        slots.reserveCapacity(pairs.keys.count)
        var last: (key: UInt32, slot: UInt16)?
        for (key, slot) in zip(pairs.keys, pairs.slots) {
            if let last, last == (key, slot) { continue }
            if last?.key != key {
                if last != nil { starts.append(UInt32(slots.count)) }
                keys.append(key)
            }
            slots.append(slot)
            last = (key, slot)
        }
        starts.append(UInt32(slots.count))
    }

    /// Of two segments that become one: the same as of its names, from which making it takes several times as long.
    init(_ left: TrigramTable, at leftPlaces: NewSlots, _ right: TrigramTable, at rightPlaces: NewSlots) {
        keys.reserveCapacity(max(left.keys.count, right.keys.count))
        starts.reserveCapacity(keys.capacity + 1)
        slots = Array(unsafeUninitializedCapacity: left.slots.count + right.slots.count) { all, count in
            var (nextLeft, nextRight) = (0, 0)
            while nextLeft < left.keys.count || nextRight < right.keys.count {
                let leftKey = nextLeft < left.keys.count ? left.keys[nextLeft] : .max
                let rightKey = nextRight < right.keys.count ? right.keys[nextRight] : .max
                let key = min(leftKey, rightKey)
                let start = count
                if leftKey == key {
                    left.withSlots(nextLeft..<nextLeft + 1) { leftPlaces.append($0, to: all, &count) }
                    nextLeft += 1
                }
                if rightKey == key {
                    right.withSlots(nextRight..<nextRight + 1) { rightPlaces.append($0, to: all, &count) }
                    nextRight += 1
                }
                guard count > start else { continue }
                keys.append(key)
                starts.append(UInt32(count))
            }
        }
        // Without the room of those that are there no more.
        if slots.count < left.slots.count + right.slots.count { slots = slots.withUnsafeBufferPointer(Array.init) }
    }

    /// Where the slots stand in whose names a run of one to three bytes stands: more lists than one where it is shorter than
    /// three. Nil where it stands in none.
    func lists(of run: ArraySlice<UInt8>) -> Lists? {
        var key: UInt32 = 0
        for byte in run { key = key << 8 | UInt32(byte) }
        let unknown = UInt32(8 * (3 - run.count))
        let first = place(of: key << unknown)
        let end =
            run.count == 3
            ? (first < keys.count && keys[first] == key ? first + 1 : first) : place(of: (key + 1) << unknown)
        guard first < end else { return nil }
        return Lists(places: first..<end, count: Int(starts[end] - starts[first]))
    }

    /// Of one run, as ``lists(of:)`` has them.
    struct Lists {
        let places: Range<Int>
        /// Of slots, where one of several lists may be counted more than once.
        let count: Int
    }

    /// Of a single list.
    func withSlots<Result>(_ lists: Lists, _ body: (UnsafeBufferPointer<UInt16>) -> Result) -> Result {
        withSlots(lists.places, body)
    }

    @inline(__always)
    private func withSlots<Result>(_ places: Range<Int>, _ body: (UnsafeBufferPointer<UInt16>) -> Result) -> Result {
        slots.withUnsafeBufferPointer { all in
            body(
                UnsafeBufferPointer(
                    rebasing: all[Int(starts[places.lowerBound])..<Int(starts[places.upperBound])]))
        }
    }

    private func place(of key: UInt32) -> Int { keys.partitionPoint { $0 < key } }

    /// Runs with their slots, to be sorted by run: slots come in ascending.
    private struct Pairs {
        var keys: [UInt32] = []
        var slots: [UInt16] = []

        init(capacity: Int) {
            keys.reserveCapacity(capacity)
            slots.reserveCapacity(capacity)
        }

        mutating func append(_ key: UInt32, _ slot: UInt16) {
            keys.append(key)
            slots.append(slot)
        }

        /// By each byte, the last first, which keeps the order of what is equal.
        mutating func sort() {
            var (otherKeys, otherSlots) = (keys, slots)
            for shift in [UInt32(0), 8, 16] {
                var ends = [Int](repeating: 0, count: 257)
                for key in keys { ends[Int(key >> shift & 0xFF) + 1] += 1 }
                for byte in 0..<256 { ends[byte + 1] += ends[byte] }
                for index in keys.indices {
                    let byte = Int(keys[index] >> shift & 0xFF)
                    otherKeys[ends[byte]] = keys[index]
                    otherSlots[ends[byte]] = slots[index]
                    ends[byte] += 1
                }
                swap(&keys, &otherKeys)
                swap(&slots, &otherSlots)
            }
        }
    }
}
