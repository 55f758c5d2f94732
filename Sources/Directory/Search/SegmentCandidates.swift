import Content

/// Which names of a segment are worth a look: those in which the rarest runs of bytes stand.
enum SegmentCandidates {
    /// Every one.
    case all
    /// Ascending.
    case some([UInt16])

    /// Of so many names and more, going through them all is as quick.
    private static let manyPart = 4
    /// Lists that are laid over each other: what is left is looked at.
    private static let listsAtMost = 3
    /// In a list so many times as long, looking up is quicker than going through it.
    private static let longPart = 16

    init(_ runs: [ArraySlice<UInt8>], in segment: IndexSegment) {
        let table = segment.trigrams
        var lists: [TrigramTable.Lists] = []
        for run in runs {
            guard let list = table.lists(of: run) else {
                self = .some([])
                return
            }
            lists.append(list)
        }
        lists.sort { $0.count < $1.count }
        guard let rarest = lists.first, rarest.count < segment.columns.count / Self.manyPart else {
            self = .all
            return
        }
        var slots = table.slots(of: rarest)
        for list in lists[1...].prefix(Self.listsAtMost - 1) where list.places.count == 1 {
            table.withSlots(list) { Self.keep(&slots, in: $0) }
        }
        self = .some(slots)
    }

    /// Both are ascending.
    private static func keep(_ slots: inout [UInt16], in others: UnsafeBufferPointer<UInt16>) {
        guard others.count / longPart > slots.count else {
            let marks = SlotMarks(others)
            return slots.removeAll { !marks.contains($0) }
        }
        var (kept, other) = (0, 0)
        for slot in slots {
            other = place(of: slot, in: others, from: other)
            guard other < others.count else { break }
            if others[other] == slot {
                slots[kept] = slot
                kept += 1
            }
        }
        slots.removeLast(slots.count - kept)
    }

    /// Of the first that is not smaller: in strides that grow, as the next one is as a rule near.
    private static func place(of slot: UInt16, in others: UnsafeBufferPointer<UInt16>, from start: Int) -> Int {
        var (low, stride) = (start, 1)
        while low + stride < others.count, others[low + stride] < slot {
            low += stride
            stride *= 2
        }
        return others[low..<min(low + stride, others.count)].partitionPoint { $0 < slot }
    }
}

extension TrigramTable {
    /// Of all lists, each slot once, ascending.
    fileprivate func slots(of lists: Lists) -> [UInt16] {
        guard lists.places.count > 1 else { return withSlots(lists) { Array($0) } }
        return withSlots(lists) { SlotMarks($0).ascending }
    }
}

/// A bit for each slot of a segment.
private struct SlotMarks {
    private var words = [UInt64](repeating: 0, count: IndexSegment.capacity / 64)

    init(_ slots: UnsafeBufferPointer<UInt16>) {
        for slot in slots { words[Int(slot >> 6)] |= 1 << UInt64(slot & 63) }
    }

    func contains(_ slot: UInt16) -> Bool { words[Int(slot >> 6)] >> UInt64(slot & 63) & 1 == 1 }

    /// Those that are marked.
    var ascending: [UInt16] {
        var slots: [UInt16] = []
        for (index, word) in words.enumerated() where word != 0 {
            var word = word
            while word != 0 {
                slots.append(UInt16(index << 6 | word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        return slots
    }
}
