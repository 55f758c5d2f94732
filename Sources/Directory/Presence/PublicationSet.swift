package import Wire

/// A set of publications, of which there may be millions: a bit for each, as a store numbers them one after the other, so that a
/// look takes no hashing.
///
/// Bits stand in chunks, which are there only where one of theirs is set.
package struct PublicationSet: Sendable {
    private static let shift = 7
    private static let chunkWords = 2
    /// What no store has numbered yet: such ids stand apart, so that none of them makes the table long.
    private static let directoryLimit = Int64(1) << 31
    private static let none: Int32 = -1

    /// Of each chunk, by the ids in it: its place.
    private var places: [Int32] = []
    private var words: [UInt64] = []
    /// Of each place: how many bits are set.
    private var counts: [UInt8] = []
    private var free: [Int32] = []
    private var strays: Set<PublicationID> = []

    package init() {}

    package func contains(_ id: PublicationID) -> Bool {
        let number = id.rawValue
        guard number >= 0, number < Self.directoryLimit else { return strays.contains(id) }
        let chunk = Int(number >> Int64(Self.shift))
        guard chunk < places.count, places[chunk] != Self.none else { return false }
        return words[Self.word(number, at: places[chunk])] & Self.bit(number) != 0
    }

    /// Whether it was not in it.
    @discardableResult
    package mutating func insert(_ id: PublicationID) -> Bool {
        let number = id.rawValue
        guard number >= 0, number < Self.directoryLimit else { return strays.insert(id).inserted }
        let chunk = Int(number >> Int64(Self.shift))
        if chunk >= places.count {
            places += repeatElement(Self.none, count: chunk + 1 - places.count)
        }
        if places[chunk] == Self.none { places[chunk] = takePlace() }
        let place = places[chunk]
        let word = Self.word(number, at: place)
        guard words[word] & Self.bit(number) == 0 else { return false }
        words[word] |= Self.bit(number)
        counts[Int(place)] += 1
        return true
    }

    package mutating func remove(_ id: PublicationID) {
        let number = id.rawValue
        guard number >= 0, number < Self.directoryLimit else {
            strays.remove(id)
            return
        }
        guard contains(id) else { return }
        let chunk = Int(number >> Int64(Self.shift))
        let place = places[chunk]
        words[Self.word(number, at: place)] &= ~Self.bit(number)
        counts[Int(place)] -= 1
        guard counts[Int(place)] == 0 else { return }
        places[chunk] = Self.none
        free.append(place)
    }

    package mutating func formUnion(_ ids: some Sequence<PublicationID>) { for id in ids { insert(id) } }

    package mutating func subtract(_ ids: some Sequence<PublicationID>) { for id in ids { remove(id) } }

    /// In no order.
    package var all: [PublicationID] {
        var all = Array(strays)
        for (chunk, place) in places.enumerated() where place != Self.none {
            for index in 0..<Self.chunkWords {
                var bits = words[Int(place) * Self.chunkWords + index]
                while bits != 0 {
                    let number = chunk << Self.shift | index << 6 | bits.trailingZeroBitCount
                    all.append(PublicationID(rawValue: Int64(number)))
                    bits &= bits - 1
                }
            }
        }
        return all
    }

    /// All of its bits are 0.
    private mutating func takePlace() -> Int32 {
        if let place = free.popLast() { return place }
        words += repeatElement(0, count: Self.chunkWords)
        counts.append(0)
        return Int32(counts.count - 1)
    }

    private static func word(_ number: Int64, at place: Int32) -> Int {
        Int(place) * chunkWords + Int(number >> 6) & (chunkWords - 1)
    }

    private static func bit(_ number: Int64) -> UInt64 { 1 << UInt64(number & 63) }
}
