package import Content

/// A message of ut_metadata (BEP 9), with which peers hand each other the info dictionary: the payload of an extended
/// message, a bencoded dictionary that the bytes of a piece follow.
package enum MetadataMessage: Hashable, Sendable {
    case request(piece: Int)
    /// `totalSize` is that of the whole info dictionary, in bytes.
    case data(piece: Int, totalSize: Int, bytes: [UInt8])
    case reject(piece: Int)

    /// 16 KiB; the last piece may be shorter.
    package static let pieceLength = 16_384
    /// In bytes. Larger info dictionaries are neither fetched nor served: 16 MiB name some 170,000 files.
    package static let maximumSize = 16 << 20

    private enum Kind: Int64 {
        case request = 0
        case data = 1
        case reject = 2
    }

    /// How many pieces an info dictionary of so many bytes has.
    package static func pieceCount(of size: Int) -> Int { (size + pieceLength - 1) / pieceLength }

    /// Nil where the message is of a kind that is not known, which is to be ignored.
    package init?(decoding payload: [UInt8]) throws(MetadataMessageError) {
        let prefix: (value: Bencode, length: Int)
        do throws(BencodeError) { prefix = try Bencode.decodePrefix(of: payload) } catch { throw .bencode(error) }
        guard let dictionary = prefix.value.dictionary, let number = dictionary["msg_type"]?.integer else {
            throw .malformed
        }
        guard let kind = Kind(rawValue: number) else { return nil }
        guard let piece = dictionary["piece"]?.integer,
            (0..<Int64(Self.pieceCount(of: Self.maximumSize))).contains(piece)
        else { throw .malformed }
        let rest = payload[prefix.length...]
        switch kind {
        case .request: self = .request(piece: Int(piece))
        case .reject: self = .reject(piece: Int(piece))
        case .data:
            guard let size = dictionary["total_size"]?.integer, (1...Int64(Self.maximumSize)).contains(size),
                (1...Self.pieceLength).contains(rest.count)
            else { throw .malformed }
            self = .data(piece: Int(piece), totalSize: Int(size), bytes: Array(rest))
            return
        }
        guard rest.isEmpty else { throw .malformed }
    }

    package var encoded: [UInt8] {
        switch self {
        case .request(let piece): Self.dictionary(.request, piece).encoded
        case .reject(let piece): Self.dictionary(.reject, piece).encoded
        case .data(let piece, let totalSize, let bytes):
            Self.dictionary(.data, piece, totalSize: totalSize).encoded + bytes
        }
    }

    private static func dictionary(_ kind: Kind, _ piece: Int, totalSize: Int? = nil) -> Bencode {
        .dictionary([
            "msg_type": .integer(kind.rawValue), "piece": .integer(Int64(piece)),
            "total_size": totalSize.map { .integer(Int64($0)) },
        ])
    }
}

/// Why bytes are no message of ut_metadata. All are faults of the sender.
package enum MetadataMessageError: Error, Hashable {
    case bencode(BencodeError)
    /// A number is missing or beyond what there can be, or bytes follow that do not belong there.
    case malformed
}
