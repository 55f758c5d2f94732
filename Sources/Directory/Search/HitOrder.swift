import Wire

/// Where a publication that was found stands.
struct Hit {
    var part: Int
    var slot: Int
    /// The searcher sees that it is there, and no more.
    var isLocked: Bool
}

/// Sorts what was found.
///
/// By a number for each first, of which few are equal; what is, by its name, and then by its id.
struct HitOrder {
    private struct Entry {
        var key: UInt64
        var id: Int64
        var name: Range<Int>
        /// In the order of finding.
        var number: Int
    }

    private var entries: [Entry] = []
    /// Of all names.
    private var text: [UInt8] = []
    private let comparesBackwards: Bool

    /// - Parameter counts: of holders, in the order of finding, where that is the order.
    init(_ hits: [Hit], _ query: SearchQuery, _ state: ActiveIndex.State, _ counts: [Int64]) {
        comparesBackwards = query.order == .name && query.isReversed
        entries.reserveCapacity(hits.count)
        for (number, hit) in hits.enumerated() {
            state.withColumns(hit.part) { columns in
                let start = text.count
                text += columns.text[columns.name(hit.slot)]
                let name = start..<text.count
                let size = columns.sizes[hit.slot]
                let key: UInt64? =
                    switch query.order {
                    case .name: Self.beginning(of: text[name])
                    case .size: size < 0 || hit.isLocked ? nil : UInt64(size)
                    case .age: hit.isLocked ? nil : Self.greatest - UInt64(max(0, columns.times[hit.slot]))
                    case .holders: hit.isLocked ? nil : Self.greatest - UInt64(counts[number])
                    }
                // What has none comes last, whichever way round.
                let turned = key.map { query.isReversed ? ~$0 &- 1 : $0 } ?? .max
                entries.append(Entry(key: turned, id: columns.ids[hit.slot], name: name, number: number))
            }
        }
    }

    private static let greatest = UInt64(Int64.max)

    /// The first eight bytes as a number, which compares as they do.
    private static func beginning(of name: ArraySlice<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        for byte in name.prefix(8) { key = key << 8 | UInt64(byte) }
        return name.count < 8 ? key << UInt64(8 * (8 - name.count)) : key
    }

    /// The ids, and the places in the order of finding.
    func sorted() -> [(id: PublicationID, number: Int)] {
        text.withUnsafeBufferPointer { text in
            entries.sorted { left, right in
                left.key != right.key ? left.key < right.key : comesFirst(left, right, text)
            }
        }.map { (PublicationID(rawValue: $0.id), $0.number) }
    }

    private func comesFirst(_ left: Entry, _ right: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (one, other) = (text[left.name], text[right.name])
        if one.lexicographicallyPrecedes(other) { return !comparesBackwards }
        if other.lexicographicallyPrecedes(one) { return comparesBackwards }
        return left.id < right.id
    }
}
