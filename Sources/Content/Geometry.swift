/// How a content divides: into blocks of 16 KiB, which are requested, and pieces, which are advertised.
///
/// Only a geometry makes a ``BlockIndex`` or a ``PieceIndex``, and only valid ones: whoever holds one
/// needs no bounds check.
package struct Geometry: Hashable, Sendable {
    /// 16 KiB: a leaf of the Merkle tree and the unit of requests (BEP 52).
    package static let blockLength = 16_384
    package static let maximumPieceLength = 16 << 20
    /// The canonical piece length makes at most so many pieces, until it reaches its cap.
    package static let canonicalPieceLimit = 2_048

    /// In bytes.
    package let size: Int64
    /// In bytes: a power of two of at least one block.
    package let pieceLength: Int
    package let blockCount: Int
    package let pieceCount: Int

    package var blocksPerPiece: Int { pieceLength / Self.blockLength }

    /// Nil unless the size is one a ``ContentID`` may have and the piece length a power of two from
    /// one block to 2^30 bytes.
    package init?(size: Int64, pieceLength: Int) {
        guard (0...ContentID.maximumSize).contains(size), pieceLength >= Self.blockLength, pieceLength <= 1 << 30,
            pieceLength & (pieceLength - 1) == 0
        else { return nil }
        self.init(checkedSize: size, pieceLength: pieceLength)
    }

    private init(checkedSize size: Int64, pieceLength: Int) {
        self.size = size
        self.pieceLength = pieceLength
        blockCount = Int((size + Int64(Self.blockLength) - 1) / Int64(Self.blockLength))
        pieceCount = Int((size + Int64(pieceLength) - 1) / Int64(pieceLength))
    }

    /// The division of the canonical dictionary.
    package init(canonicalFor content: ContentID) {
        self.init(checkedSize: content.size, pieceLength: Self.canonicalPieceLength(for: content.size))
    }

    /// The smallest piece length that makes at most ``canonicalPieceLimit`` pieces of so many bytes,
    /// capped at ``maximumPieceLength``.
    package static func canonicalPieceLength(for size: Int64) -> Int {
        var pieceLength = blockLength
        while pieceLength < maximumPieceLength, size > Int64(pieceLength) * Int64(canonicalPieceLimit) {
            pieceLength *= 2
        }
        return pieceLength
    }

    package func piece(_ value: Int) -> PieceIndex? {
        (0..<pieceCount).contains(value) ? PieceIndex(value: value) : nil
    }

    package func block(_ value: Int) -> BlockIndex? {
        (0..<blockCount).contains(value) ? BlockIndex(value: value) : nil
    }

    package var pieces: some RandomAccessCollection<PieceIndex> & Sendable {
        (0..<pieceCount).lazy.map { PieceIndex(value: $0) }
    }

    /// The blocks of a piece, first to last.
    package func blocks(of piece: PieceIndex) -> some RandomAccessCollection<BlockIndex> & Sendable {
        let first = piece.value * blocksPerPiece
        return (first..<min(first + blocksPerPiece, blockCount)).lazy.map { BlockIndex(value: $0) }
    }

    package func piece(of block: BlockIndex) -> PieceIndex {
        PieceIndex(value: block.value / blocksPerPiece)
    }

    /// In bytes, from the start of the content.
    package func offset(of block: BlockIndex) -> Int64 { Int64(block.value) * Int64(Self.blockLength) }
    package func offset(of piece: PieceIndex) -> Int64 { Int64(piece.value) * Int64(pieceLength) }

    /// In bytes: a full block but for the last one.
    package func length(of block: BlockIndex) -> Int { Int(min(Int64(Self.blockLength), size - offset(of: block))) }
    package func length(of piece: PieceIndex) -> Int { Int(min(Int64(pieceLength), size - offset(of: piece))) }

    /// Where a block lies in its piece, in bytes: `begin` of a request.
    package func offsetInPiece(of block: BlockIndex) -> Int {
        block.value % blocksPerPiece * Self.blockLength
    }

    /// The block that a request or piece message means, nil unless it is exactly one of this content.
    package func block(piece: Int, begin: Int, length: Int) -> BlockIndex? {
        guard (0..<pieceCount).contains(piece), (0..<pieceLength).contains(begin),
            begin.isMultiple(of: Self.blockLength),
            let block = block(piece * blocksPerPiece + begin / Self.blockLength), self.length(of: block) == length
        else { return nil }
        return block
    }
}

/// The number of a piece that its ``Geometry`` vouches for.
package struct PieceIndex: Hashable, Sendable, Comparable {
    package let value: Int

    fileprivate init(value: Int) { self.value = value }

    package static func < (left: PieceIndex, right: PieceIndex) -> Bool { left.value < right.value }
}

/// The number of a block that its ``Geometry`` vouches for, counted from the start of the content.
package struct BlockIndex: Hashable, Sendable, Comparable {
    package let value: Int

    fileprivate init(value: Int) { self.value = value }

    package static func < (left: BlockIndex, right: BlockIndex) -> Bool { left.value < right.value }
}
