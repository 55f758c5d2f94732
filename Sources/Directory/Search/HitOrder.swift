import Wire

/// A publication that was found.
struct Hit {
    var id: Int64
    var size: Int64
    var time: Int64
    var content: UInt64
    /// In the text of all that was found.
    var name: Range<Int>
    /// The searcher sees that it is there, and no more.
    var isLocked: Bool
}

/// Sorts what was found.
///
/// By a number for each first, of which few are equal; what is, by its name, and then by its id.
struct HitOrder {
    private struct Entry {
        var key: UInt64
        /// In the order of finding.
        var number: Int
    }

    private static let greatest = UInt64(Int64.max)

    /// - Parameters:
    ///   - text: Of their names.
    ///   - counts: Of holders, where that is the order.
    /// - Returns: Places among the hits.
    static func sorted(_ hits: [Hit], _ text: [UInt8], _ query: SearchQuery, _ counts: [Int64]) -> [Int] {
        var entries = hits.enumerated().map { number, hit in
            let key: UInt64? =
                switch query.order {
                case .name: beginning(of: text[hit.name])
                case .size: hit.size < 0 || hit.isLocked ? nil : UInt64(hit.size)
                case .age: hit.isLocked ? nil : greatest - UInt64(max(0, hit.time))
                case .holders: hit.isLocked ? nil : greatest - UInt64(counts[number])
                }
            // What has none comes last, whichever way round.
            return Entry(key: key.map { query.isReversed ? ~$0 &- 1 : $0 } ?? .max, number: number)
        }
        let comparesBackwards = query.order == .name && query.isReversed
        text.withUnsafeBufferPointer { text in
            hits.withUnsafeBufferPointer { hits in
                entries.sort { left, right in
                    guard left.key == right.key else { return left.key < right.key }
                    let (one, other) = (hits[left.number], hits[right.number])
                    return switch compare(text[one.name], text[other.name]) {
                    case 0: one.id < other.id
                    case let difference: (difference < 0) != comparesBackwards
                    }
                }
            }
        }
        return entries.map(\.number)
    }

    /// The first eight bytes as a number, which compares as they do.
    private static func beginning(of name: ArraySlice<UInt8>) -> UInt64 {
        var key: UInt64 = 0
        for byte in name.prefix(8) { key = key << 8 | UInt64(byte) }
        return name.count < 8 ? key << UInt64(8 * (8 - name.count)) : key
    }

    /// As bytes: negative where the first is smaller.
    private static func compare(_ one: Slice<UnsafeBufferPointer<UInt8>>, _ other: Slice<UnsafeBufferPointer<UInt8>>)
        -> Int
    {
        for (left, right) in zip(one, other) where left != right { return Int(left) - Int(right) }
        return one.count - other.count
    }
}
