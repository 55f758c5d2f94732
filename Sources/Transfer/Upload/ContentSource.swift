package import Content
package import NIOCore

/// A published content, of one file or several, as far as serving it needs to know: never a byte that is not the content's.
///
/// Before bytes are given out the source makes sure that the file is still the one that was hashed; where it
/// is not, calls throw ``ContentSourceFailure/changed`` and the upload ends.
package protocol ContentSource: Sendable {
    /// What is served, how it is divided, and what it hashes to. Not an empty content's.
    var hashes: PieceHashes { get }

    /// Exactly `length` bytes from `offset` on, which lie within the content; they may be those of several files
    /// (``Geometry/parts(offset:length:)``).
    func read(offset: Int64, length: Int) async throws -> ByteBuffer

    /// The hashes of the blocks of a piece, first to last, without padding. Takes as long as hashing a piece.
    func leafHashes(of piece: PieceIndex) async throws -> [Hash256]
}

/// Why a source gives no bytes.
package enum ContentSourceFailure: Error {
    /// The file was changed, truncated or removed since it was hashed.
    case changed
    case unreadable(String)
}
