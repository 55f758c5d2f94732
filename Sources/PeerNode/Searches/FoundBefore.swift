import Content
import Crypto
import FoundationEssentials
package import NodeControl

/// What a saved search has found so far: so much of it that what is found again is known. Of the oldest, which was not
/// found for long, nothing is known any more.
package struct FoundBefore: Hashable, Sendable {
    /// Several times what one run can bring.
    package static let limit = 8_192

    /// The oldest first.
    private var keys: [UInt64] = []

    package init() {}

    package var count: Int { keys.count }

    /// Takes what a run found, and gives that which is new: of which neither the content was found before, nor a
    /// publication of one of its owners under that name.
    package mutating func take(_ found: [Listing]) -> [Listing] {
        let known = Set(keys)
        var (now, new): ([UInt64], [Listing]) = ([], [])
        var met: Set<UInt64> = []
        for listing in found {
            let own = Self.keys(of: listing)
            if own.allSatisfy({ !known.contains($0) && !met.contains($0) }) { new.append(listing) }
            now += own.filter { met.insert($0).inserted }
        }
        keys = Array((keys.filter { !met.contains($0) } + now).suffix(Self.limit))
        return new
    }

    /// A content has the same key whoever has it, and what somebody has under a name the same whatever its content: what
    /// was listed by name only is known again once it is hashed.
    private static func keys(of listing: Listing) -> [UInt64] {
        listing.owners.map { key("owner", $0, listing.name) }
            + (listing.root.map { [key("root", $0, listing.name)] } ?? [])
    }

    private static func key(_ parts: String...) -> UInt64 {
        // No name holds a zero.
        SHA256.hash(data: Array(parts.joined(separator: "\0").utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension FoundBefore: Codable {
    package init(from decoder: any Decoder) throws {
        let data = try decoder.singleValueContainer().decode(Data.self)
        let bytes = Array(data.suffix(Self.limit * 8))
        keys = stride(from: bytes.count % 8, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var data = Data(capacity: keys.count * 8)
        for key in keys { data.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: key >> (56 - 8 * $0)) }) }
        var container = encoder.singleValueContainer()
        try container.encode(data)
    }
}
