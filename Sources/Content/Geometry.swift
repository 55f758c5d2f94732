/// How a content divides: into files, into blocks of 16 KiB, which are requested, and pieces, which are advertised.
///
/// Files follow each other, and so do their bytes, blocks and pieces: numbers and offsets have no gaps, whatever the
/// sizes. Every file begins with a piece and a block of its own (BEP 52), so the last piece of each may be short, and
/// the last block; a file of 0 bytes has none of either. Neighbouring blocks are therefore neighbouring bytes, also
/// from one file to the next, but the blocks of a piece are only found by asking for them.
///
/// Only a geometry makes a ``BlockIndex`` or a ``PieceIndex``, and only valid ones: whoever holds one
/// needs no bounds check. Where there is one file, everything is plain arithmetic; else finding a file takes a binary
/// search.
package struct Geometry: Hashable, Sendable {
    /// 16 KiB: a leaf of the Merkle tree and the unit of requests (BEP 52).
    package static let blockLength = 16_384
    package static let maximumPieceLength = 16 << 20
    /// The canonical piece length makes at most so many full pieces, until it reaches its cap.
    package static let canonicalPieceLimit = 2_048

    /// In bytes, of all files together.
    package let size: Int64
    /// In bytes: a power of two of at least one block.
    package let pieceLength: Int
    package let blockCount: Int
    package let pieceCount: Int
    /// Where each file begins, and last where the last one ends; empty where there is one file.
    private let boundaries: [FileBoundary]

    package var blocksPerPiece: Int { pieceLength / Self.blockLength }
    package var fileCount: Int { boundaries.isEmpty ? 1 : boundaries.count - 1 }

    /// The division of one file. Nil unless the size is one a ``ContentID`` may have and the piece length a power of
    /// two from one block to 2^30 bytes.
    package init?(size: Int64, pieceLength: Int) {
        guard (0...ContentID.maximumSize).contains(size), Self.isPieceLength(pieceLength) else { return nil }
        self.init(checkedSize: size, pieceLength: pieceLength)
    }

    /// The division of several files, in their order. Nil where the sum of their sizes is no size that a ``ContentID``
    /// may have, or the piece length none.
    package init?(fileSizes sizes: some Collection<Int64>, pieceLength: Int) {
        guard Self.isPieceLength(pieceLength) else { return nil }
        if sizes.count == 1, let size = sizes.first {
            self.init(size: size, pieceLength: pieceLength)
            return
        }
        var boundaries = [FileBoundary()]
        boundaries.reserveCapacity(sizes.count + 1)
        var end = FileBoundary()
        for size in sizes {
            guard size >= 0, size <= ContentID.maximumSize - end.offset else { return nil }
            end = end.after(size, pieceLength: pieceLength)
            boundaries.append(end)
        }
        self.init(pieceLength: pieceLength, end: end, boundaries: boundaries)
    }

    private init(checkedSize size: Int64, pieceLength: Int) {
        let end = FileBoundary().after(size, pieceLength: pieceLength)
        self.init(pieceLength: pieceLength, end: end, boundaries: [])
    }

    private init(pieceLength: Int, end: FileBoundary, boundaries: [FileBoundary]) {
        size = end.offset
        self.pieceLength = pieceLength
        blockCount = end.block
        pieceCount = end.piece
        self.boundaries = boundaries
    }

    private static func isPieceLength(_ length: Int) -> Bool {
        length >= blockLength && length <= 1 << 30 && length & (length - 1) == 0
    }

    /// The division of the canonical dictionary of a file.
    package init(canonicalFor content: ContentID) {
        precondition(content.kind == .file, "a folder's division follows from its files")
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

    // MARK: Pieces

    package func piece(_ value: Int) -> PieceIndex? {
        (0..<pieceCount).contains(value) ? PieceIndex(value: value) : nil
    }

    package var pieces: some RandomAccessCollection<PieceIndex> & Sendable {
        (0..<pieceCount).lazy.map { PieceIndex(value: $0) }
    }

    /// In bytes, from the start of the first file.
    package func offset(of piece: PieceIndex) -> Int64 {
        let span = span(of: piece)
        return span.start.offset + Int64(piece.value - span.start.piece) * Int64(pieceLength)
    }

    /// In bytes: a full piece but for the last one of a file.
    package func length(of piece: PieceIndex) -> Int {
        let span = span(of: piece)
        let offset = Int64(piece.value - span.start.piece) * Int64(pieceLength)
        return Int(min(Int64(pieceLength), span.size - offset))
    }

    // MARK: Blocks

    package func block(_ value: Int) -> BlockIndex? {
        (0..<blockCount).contains(value) ? BlockIndex(value: value) : nil
    }

    /// The blocks of a piece, first to last.
    package func blocks(of piece: PieceIndex) -> some RandomAccessCollection<BlockIndex> & Sendable {
        let span = span(of: piece)
        let first = span.start.block + (piece.value - span.start.piece) * blocksPerPiece
        return (first..<min(first + blocksPerPiece, span.end.block)).lazy.map { BlockIndex(value: $0) }
    }

    package func place(of block: BlockIndex) -> BlockPlace {
        let span = span(of: block)
        let number = block.value - span.start.block
        let offset = Int64(number) * Int64(Self.blockLength)
        return BlockPlace(
            piece: PieceIndex(value: span.start.piece + number / blocksPerPiece), position: number % blocksPerPiece,
            offset: span.start.offset + offset, length: Int(min(Int64(Self.blockLength), span.size - offset)))
    }

    package func piece(of block: BlockIndex) -> PieceIndex { place(of: block).piece }
    /// In bytes, from the start of the first file.
    package func offset(of block: BlockIndex) -> Int64 { place(of: block).offset }
    /// In bytes: a full block but for the last one of a file.
    package func length(of block: BlockIndex) -> Int { place(of: block).length }
    /// Where a block lies in its piece, in bytes: `begin` of a request.
    package func offsetInPiece(of block: BlockIndex) -> Int { place(of: block).begin }

    /// The block that a request or piece message means, nil unless it is exactly one of this content.
    package func block(piece: Int, begin: Int, length: Int) -> BlockIndex? {
        guard let piece = self.piece(piece), (0..<pieceLength).contains(begin), begin.isMultiple(of: Self.blockLength)
        else { return nil }
        let span = span(of: piece)
        let number = (piece.value - span.start.piece) * blocksPerPiece + begin / Self.blockLength
        let rest = span.size - Int64(number) * Int64(Self.blockLength)
        guard rest > 0, min(Int64(Self.blockLength), rest) == length else { return nil }
        return BlockIndex(value: span.start.block + number)
    }

    // MARK: Files

    /// The division of one file alone. The file must be one of ``fileCount``.
    package func geometry(ofFile file: Int) -> Geometry {
        Geometry(checkedSize: span(ofFile: file).size, pieceLength: pieceLength)
    }

    /// The file that a piece is of.
    package func file(of piece: PieceIndex) -> Int {
        boundaries.isEmpty ? 0 : file { $0.piece <= piece.value }
    }

    /// Which piece of its file a piece is, as ``geometry(ofFile:)`` counts them.
    package func pieceInFile(_ piece: PieceIndex) -> PieceIndex {
        PieceIndex(value: piece.value - span(of: piece).start.piece)
    }

    /// The pieces of neighbouring files, which must be among ``fileCount``.
    package func pieces(ofFiles files: Range<Int>) -> some RandomAccessCollection<PieceIndex> & Sendable {
        let first = files.isEmpty ? 0 : span(ofFile: files.lowerBound).start.piece
        let end = files.isEmpty ? 0 : span(ofFile: files.upperBound - 1).end.piece
        return (first..<end).lazy.map { PieceIndex(value: $0) }
    }

    /// Where a run of bytes lies, file by file; it must lie within ``size``.
    package func parts(offset: Int64, length: Int) -> FileParts {
        precondition(offset >= 0 && length >= 0 && Int64(length) <= size - offset, "outside the content")
        let first = boundaries.isEmpty ? 0 : file { $0.offset <= offset }
        return FileParts(geometry: self, file: max(0, first), offset: offset, length: length)
    }

    /// Where a file begins and ends. The file must be one of ``fileCount``.
    func span(ofFile file: Int) -> FileSpan {
        guard !boundaries.isEmpty else {
            precondition(file == 0, "there is one file")
            return FileSpan(
                start: FileBoundary(), end: FileBoundary(offset: size, block: blockCount, piece: pieceCount))
        }
        return FileSpan(start: boundaries[file], end: boundaries[file + 1])
    }

    func span(of piece: PieceIndex) -> FileSpan {
        span(ofFile: boundaries.isEmpty ? 0 : file { $0.piece <= piece.value })
    }

    private func span(of block: BlockIndex) -> FileSpan {
        span(ofFile: boundaries.isEmpty ? 0 : file { $0.block <= block.value })
    }

    /// The last file that begins no later than something; -1 where there is none.
    private func file(beginningNoLater isNoLater: (FileBoundary) -> Bool) -> Int {
        boundaries.dropLast().partitionPoint(isNoLater) - 1
    }
}

/// Where a block lies.
package struct BlockPlace: Hashable, Sendable {
    package let piece: PieceIndex
    /// Which block of its piece it is.
    package let position: Int
    /// In bytes, from the start of the first file.
    package let offset: Int64
    /// In bytes.
    package let length: Int

    /// In bytes, from the start of the piece: `begin` of a request.
    package var begin: Int { position * Geometry.blockLength }
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
