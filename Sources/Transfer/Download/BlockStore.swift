package import Content
package import NIOCore

/// Where a download's bytes go: a partial file, as far as Transfer needs to know it.
///
/// Calls come from several tasks at once, never two writes to the same block at the same time.
package protocol BlockStore: Sendable {
    /// Writes consecutive bytes from `offset` on, the buffers one after the other. May be called again for
    /// blocks whose bytes turned out wrong.
    func write(_ data: [ByteBuffer], at offset: Int64) async throws

    /// Notes that these pieces are whole and verified. All their writes have returned before.
    func recordVerified(_ pieces: [PieceIndex]) async throws
}
