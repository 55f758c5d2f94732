extension Geometry {
    /// The hashes of the blocks of a piece, first to last, without padding.
    ///
    /// - Parameter bytes: The piece's, all of them.
    package func blockHashes(of piece: PieceIndex, in bytes: UnsafeRawBufferPointer) -> [Hash256] {
        blocks(of: piece).map { block in
            let start = offsetInPiece(of: block)
            return Hash256(hashing: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length(of: block)]))
        }
    }
}
