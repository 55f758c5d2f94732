extension Geometry {
    /// The hashes of the blocks of a piece, first to last, without padding.
    ///
    /// - Parameter bytes: The piece's, all of them.
    package func blockHashes(of piece: PieceIndex, in bytes: UnsafeRawBufferPointer) -> [Hash256] {
        let blocks = blocks(of: piece).map { block in
            let start = offsetInPiece(of: block)
            return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length(of: block)])
        }
        return BlockHashing.hashes(of: blocks)
    }
}
