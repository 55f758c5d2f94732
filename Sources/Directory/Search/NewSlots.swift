/// Where the publications of a segment stand in one that takes it in: those that are there, one behind the other.
struct NewSlots {
    private let first: Int
    /// Of each slot; -1 where it is not there. None where all are.
    private let moved: [Int32]

    init(of part: IndexPart, from first: Int) {
        self.first = first
        guard part.dead.count > 0 else {
            moved = []
            return
        }
        var next = Int32(first)
        moved = (0..<part.segment.columns.count).map { slot in
            guard !part.dead.contains(slot) else { return -1 }
            defer { next += 1 }
            return next
        }
    }

    subscript(slot: Int) -> Int? {
        guard !moved.isEmpty else { return first + slot }
        return moved[slot] < 0 ? nil : Int(moved[slot])
    }

    /// Writes those of some slots that are there.
    ///
    /// - Parameter count: What is written so far.
    @inline(__always)
    func append(_ slots: UnsafeBufferPointer<UInt16>, to all: UnsafeMutableBufferPointer<UInt16>, _ count: inout Int) {
        guard moved.isEmpty else {
            for slot in slots where moved[Int(slot)] >= 0 {
                all[count] = UInt16(truncatingIfNeeded: moved[Int(slot)])
                count += 1
            }
            return
        }
        let offset = UInt16(truncatingIfNeeded: first)
        for slot in slots {
            all[count] = slot &+ offset
            count += 1
        }
    }
}
