internal import Content

/// The byte that says which message follows (BEP 3, 6, 10, 52), and how long each may be.
enum PeerMessageKind: UInt8 {
    case choke = 0
    case unchoke = 1
    case interested = 2
    case notInterested = 3
    case have = 4
    case bitfield = 5
    case request = 6
    case piece = 7
    case cancel = 8
    case haveAll = 14
    case haveNone = 15
    case reject = 16
    case extended = 20
    case hashRequest = 21
    case hashes = 22
    case hashReject = 23

    /// Bytes of the numbers that a message about hashes begins with.
    static let hashHeaderLength = Hash256.byteCount + 16
    /// The height of a tree of 2^36 blocks is the most uncles there can be.
    private static let maximumUncles = 64

    /// How many bytes may follow the kind.
    var payload: ClosedRange<Int> {
        switch self {
        case .choke, .unchoke, .interested, .notInterested, .haveAll, .haveNone: 0...0
        case .have: 4...4
        case .request, .cancel, .reject: 12...12
        case .bitfield: 0...PeerMessage.maximumBitfieldLength
        case .piece: 8...8 + Geometry.blockLength
        case .extended: 1...PeerMessage.maximumExtendedLength
        case .hashRequest, .hashReject: Self.hashHeaderLength...Self.hashHeaderLength
        case .hashes:
            Self.hashHeaderLength...Self.hashHeaderLength
                + (HashRange.maximumLength + Self.maximumUncles) * Hash256.byteCount
        }
    }
}

extension PeerMessage {
    /// In bytes: 2 million pieces.
    package static let maximumBitfieldLength = 256 << 10
    /// In bytes: a metadata piece of 16 KiB (BEP 9) with room for its dictionary, or a long extension handshake.
    package static let maximumExtendedLength = 64 << 10
    /// No message, kind included, is longer.
    package static let maximumLength = 1 + 48 + (HashRange.maximumLength + 64) * Hash256.byteCount
}
