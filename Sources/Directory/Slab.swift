/// Values in numbered places, of which those that are free are taken first: no more memory than the most that there ever
/// were at one time, no hashing, and no moment at which all of them move.
///
/// Inlined, as each heartbeat goes by it; in another module that takes a type that is usable from there, too.
@usableFromInline package struct Slab<Element: Sendable>: Sendable {
    @usableFromInline var chunks: [[Element?]] = []
    private var free: [Int32] = []
    /// Places that were ever taken.
    package private(set) var end = 0

    package init() {}

    /// A place of which the caller makes use, and gives it back with ``release(_:)``.
    package mutating func reserve() -> Int {
        if let place = free.popLast() { return Int(place) }
        let at = SlabPlace(end)
        if at.offset == 0 { chunks.append([Element?](repeating: nil, count: SlabPlace.chunkSize)) }
        end += 1
        return end - 1
    }

    package mutating func release(_ place: Int) {
        put(nil, at: place)
        free.append(Int32(place))
    }

    /// - Parameter place: One that was reserved.
    @inlinable package mutating func put(_ element: Element?, at place: Int) {
        let at = SlabPlace(place)
        chunks[at.chunk][at.offset] = element
    }

    /// Whether anything stands there: not in places that are free or have not got their value yet, or never were taken.
    @inlinable package func contains(_ place: Int) -> Bool {
        let at = SlabPlace(place)
        return at.chunk < chunks.count && chunks[at.chunk][at.offset] != nil
    }

    /// What stands in a place in which something does, where it stands.
    @inlinable package subscript(place: Int) -> Element {
        _read {
            let at = SlabPlace(place)
            // An exclamation mark instead would copy all of it, with what its arrays count.
            switch chunks[at.chunk][at.offset] {
            case .some(let element): yield element
            case nil: preconditionFailure("nothing stands there")
            }
        }
        _modify {
            let at = SlabPlace(place)
            yield &chunks[at.chunk][at.offset]!
        }
    }
}

/// Where a numbered place is.
@usableFromInline struct SlabPlace {
    @usableFromInline static var chunkSize: Int { 1_024 }
    @usableFromInline let chunk, offset: Int

    @inlinable init(_ number: Int) {
        chunk = number >> 10
        offset = number & 1_023
    }
}
