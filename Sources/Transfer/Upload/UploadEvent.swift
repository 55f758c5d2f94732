package import Content
package import NIOCore
package import Wire

/// What happens to an ``Upload``.
package enum UploadEvent: Sendable {
    case received([PeerMessage])
    /// There is more to ask for.
    case gained([PieceIndex])
    /// The hashes of the pieces are known.
    case hashes(PieceHashes)
    /// From now on pieces are asked for in an order of our own: the peer is to tell of all.
    case choosing
    /// The peer may be given of the content: these pieces are here, of which it is told these.
    case admitted(held: PieceSet, offered: PieceSet, PieceHashes?)
    /// What the peer is shown where it demands a ticket.
    case ticket([UInt8])
    /// The transport is gone.
    case closed(LinkEnd)
    /// ``UploadAction/wantSlot(wish:)`` is granted.
    case slotGranted(wish: Int)
    /// Another link has its turn; this one waits for its next.
    case slotWithdrawn(wish: Int)
    /// An ``UploadAction/read(_:)`` is done: the bytes of its blocks.
    case read(BlockRun, ByteBuffer)
    /// An ``UploadAction/hash(_:)`` is done: the hashes of all blocks of its pieces.
    case hashed(HashJob, [Hash256])
    case sourceFailed(ContentSourceFailure)
    /// So many bytes and messages that were to be sent are with the transport.
    case sent(messages: Int, bytes: Int)
    case tick
}

/// What an ``Upload`` wants done.
package enum UploadAction: Sendable {
    case send([PeerMessage])
    case read(BlockRun)
    case hash(HashJob)
    /// Numbered, as what comes of a wish that was taken back may be under way.
    case wantSlot(wish: Int)
    case releaseSlot
    case close(UploadEnd)
}

/// What a peer was found to have.
enum PeerNews {
    /// It said for the first time what it has, and may have added to that.
    case announced
    case pieces([PieceIndex])
}

/// Blocks that follow each other, to be read at once.
package struct BlockRun: Hashable, Sendable {
    let first: BlockIndex
    let count: Int
    /// In bytes.
    package let offset: Int64
    package let length: Int
}

/// Pieces whose blocks are to be hashed for an answer.
package struct HashJob: Hashable, Sendable {
    let request: HashRequest
    let query: HashQuery
    package var pieces: [PieceIndex] { query.pieces }
}
