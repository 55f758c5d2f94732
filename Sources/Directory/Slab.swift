/// Values in numbered places, of which those that are free are taken first: no more memory than the most that there ever
/// were at one time, no hashing, and no moment at which all of them move.
package struct Slab<Element: Sendable>: Sendable {
    @usableFromInline static var chunkSize: Int { 1_024 }
    @usableFromInline var chunks: [[Element?]] = []
    private var free: [Int32] = []
    /// Places that were ever taken.
    package private(set) var end = 0

    package init() {}

    /// A place of which the caller makes use, and gives it back with ``release(_:)``.
    package mutating func reserve() -> Int {
        if let place = free.popLast() { return Int(place) }
        if end.isMultiple(of: Self.chunkSize) {
            chunks.append([Element?](repeating: nil, count: Self.chunkSize))
        }
        end += 1
        return end - 1
    }

    package mutating func release(_ place: Int) {
        self[place] = nil
        free.append(Int32(place))
    }

    /// Nil in places that are free or have not got their value yet, or never were taken.
    @inlinable package subscript(place: Int) -> Element? {
        _read {
            let (chunk, offset) = place.quotientAndRemainder(dividingBy: Self.chunkSize)
            if chunk < chunks.count { yield chunks[chunk][offset] } else { yield nil }
        }
        _modify {
            let (chunk, offset) = place.quotientAndRemainder(dividingBy: Self.chunkSize)
            yield &chunks[chunk][offset]
        }
    }
}
