package import Content
package import Wire

/// Hands out a folder's info dictionary over one link (BEP 9), as a state machine.
///
/// Requests wait until the transport takes an answer, so that a peer who asks for all at once binds no memory; each
/// piece is given ``limit`` times at most on an average, so that nobody fetches without end.
package struct MetadataServing: Sendable {
    /// How often a link gets as many pieces as there are.
    private static let limit = 2
    /// Requests that may wait; more are rejected.
    private static let queueLength = 64

    private let bytes: [UInt8]
    private let pieceCount: Int
    private var given = 0
    private var queue: [Int] = []
    private var rejected: [Int] = []

    /// Nil where the dictionary is larger than ``MetadataMessage/maximumSize``.
    package init?(_ info: InfoDictionary) {
        guard info.bytes.count <= MetadataMessage.maximumSize else { return nil }
        bytes = info.bytes
        pieceCount = MetadataMessage.pieceCount(of: info.bytes.count)
    }

    /// In bytes: `metadata_size` of the extension handshake.
    package var size: Int { bytes.count }

    /// Takes a message. False for one that has no use here: whoever sends many is to be cut off.
    package mutating func received(_ message: MetadataMessage) -> Bool {
        guard case .request(let piece) = message else { return false }
        guard piece < pieceCount, queue.count < Self.queueLength, given + queue.count < pieceCount * Self.limit else {
            if rejected.count < Self.queueLength { rejected.append(piece) }
            return false
        }
        queue.append(piece)
        return true
    }

    /// The next answer, when the transport takes one; nil where nobody waits.
    package mutating func next() -> MetadataMessage? {
        guard rejected.isEmpty else { return .reject(piece: rejected.removeFirst()) }
        guard !queue.isEmpty else { return nil }
        let piece = queue.removeFirst()
        given += 1
        let start = piece * MetadataMessage.pieceLength
        let end = min(start + MetadataMessage.pieceLength, bytes.count)
        return .data(piece: piece, totalSize: bytes.count, bytes: Array(bytes[start..<end]))
    }
}
