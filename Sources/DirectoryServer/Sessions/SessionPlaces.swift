/// Sessions in numbered places, of which those that are free are taken first: no hashing, and no moment at which all of
/// them move.
struct SessionPlaces: Sendable {
    private static let chunkSize = 1_024

    private var chunks: [[Session?]] = []
    private var free: [Int32] = []
    /// Places that were ever taken.
    private(set) var end = 0

    mutating func reserve() -> Int {
        if let place = free.popLast() { return Int(place) }
        if end.isMultiple(of: Self.chunkSize) {
            chunks.append([Session?](repeating: nil, count: Self.chunkSize))
        }
        end += 1
        return end - 1
    }

    mutating func release(_ place: Int) {
        self[place] = nil
        free.append(Int32(place))
    }

    func contains(_ place: Int) -> Bool { place < end }

    /// Nil where the place is free, or its session is yet to come. The place is one that was taken.
    subscript(place: Int) -> Session? {
        _read { yield chunks[place / Self.chunkSize][place % Self.chunkSize] }
        _modify { yield &chunks[place / Self.chunkSize][place % Self.chunkSize] }
    }
}
