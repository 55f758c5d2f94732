/// The shape of a file's Merkle tree (BEP 52): which layers it has, how wide they are, and how much of
/// each stands for bytes of the file.
///
/// Layer 0 is that of the block hashes, ``height`` that of the root. A layer is as wide as a full binary
/// tree makes it; nodes past ``count(of:)`` cover nothing but padding.
package struct TreeShape: Hashable, Sendable {
    /// Blocks of 16 KiB, at least 1.
    package let blockCount: Int
    /// The layer of the root: 0 for a file of one block.
    package let height: Int

    /// The tree of the only file of a content. Nil where it is empty, which has no tree.
    package init?(of geometry: Geometry) {
        precondition(geometry.fileCount == 1, "each file has a tree of its own")
        self.init(blockCount: geometry.blockCount)
    }

    init?(blockCount: Int) {
        guard blockCount > 0 else { return nil }
        self.blockCount = blockCount
        height = Self.logarithm(roundingUp: blockCount)
    }

    /// How many nodes the layer has, padding included. The layer must be one of the tree's.
    package func width(of layer: Int) -> Int { 1 << (height - layer) }

    /// How many nodes of the layer cover at least one block. The layer must be one of the tree's.
    package func count(of layer: Int) -> Int { (blockCount - 1) >> layer + 1 }

    /// The smallest n with 2^n ≥ value, for a value of at least 1.
    static func logarithm(roundingUp value: Int) -> Int { Int.bitWidth - (value - 1).leadingZeroBitCount }
}

extension Geometry {
    /// The layer whose nodes each cover a full piece: where the piece layer stands in a tree that is
    /// higher than that.
    package var pieceLayer: Int { blocksPerPiece.trailingZeroBitCount }

    /// The layer of the nodes that tell one piece of a file from the next: ``pieceLayer``, or the root where
    /// the file is one piece, and its tree maybe lower than a full piece's.
    package func verificationLayer(ofFile file: Int) -> Int {
        let span = span(ofFile: file)
        return span.pieceCount == 1 ? TreeShape.logarithm(roundingUp: span.blockCount) : pieceLayer
    }

    /// The layer of the node in its file's tree that a piece hashes to.
    package func verificationLayer(of piece: PieceIndex) -> Int { verificationLayer(ofFile: file(of: piece)) }

    /// ``verificationLayer(ofFile:)`` of the only file.
    var verificationLayer: Int { verificationLayer(ofFile: 0) }
}
