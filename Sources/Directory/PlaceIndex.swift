/// Finds places of a ``Slab`` by what stands in them: a table of the places' numbers alone, as keys that stand there already
/// need not stand here too.
///
/// Open addressing: a place stands at its hash or behind it, with nothing free between.
package struct PlaceIndex: Sendable {
    private static let none: Int32 = -1

    /// At most three quarters are taken: then there come half as many more.
    private var slots: [Int32] = Array(repeating: Self.none, count: 8)
    package private(set) var count = 0

    package init() {}

    /// The place that something is true of, among those with a hash.
    package func place(hash: Int, where isIt: (Int32) -> Bool) -> Int32? {
        var slot = home(hash)
        while slots[slot] != Self.none {
            if isIt(slots[slot]) { return slots[slot] }
            slot = next(slot)
        }
        return nil
    }

    /// Enters a place, which is not there yet.
    ///
    /// - Parameter hashOf: Of any place that is there.
    package mutating func insert(_ place: Int32, hash: Int, hashOf: (Int32) -> Int) {
        if (count + 1) * 4 > slots.count * 3 {
            let former = slots
            slots = Array(repeating: Self.none, count: former.count + former.count / 2)
            for other in former where other != Self.none { put(other, hashOf(other)) }
        }
        put(place, hash)
        count += 1
    }

    /// Enters a place instead of another one with the same hash.
    package mutating func replace(_ place: Int32, by other: Int32, hash: Int) {
        if let slot = slot(of: place, hash) { slots[slot] = other }
    }

    /// - Parameter hashOf: Of any other place that is there.
    package mutating func remove(_ place: Int32, hash: Int, hashOf: (Int32) -> Int) {
        guard var gap = slot(of: place, hash) else { return }
        count -= 1
        slots[gap] = Self.none
        // Whoever stands behind the gap, and could stand in it, goes there.
        var slot = next(gap)
        while slots[slot] != Self.none {
            if way(from: home(hashOf(slots[slot])), to: slot) >= way(from: gap, to: slot) {
                slots.swapAt(slot, gap)
                gap = slot
            }
            slot = next(slot)
        }
    }

    /// Hashes are spread over the slots in their order: for any number of them, without a division.
    private func home(_ hash: Int) -> Int {
        Int(UInt(bitPattern: hash).multipliedFullWidth(by: UInt(slots.count)).high)
    }

    private func next(_ slot: Int) -> Int { slot + 1 == slots.count ? 0 : slot + 1 }

    private func way(from start: Int, to slot: Int) -> Int {
        slot >= start ? slot - start : slot - start + slots.count
    }

    private func slot(of place: Int32, _ hash: Int) -> Int? {
        var slot = home(hash)
        while slots[slot] != Self.none {
            if slots[slot] == place { return slot }
            slot = next(slot)
        }
        return nil
    }

    private mutating func put(_ place: Int32, _ hash: Int) {
        var slot = home(hash)
        while slots[slot] != Self.none { slot = next(slot) }
        slots[slot] = place
    }
}
