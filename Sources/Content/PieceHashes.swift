/// What the pieces of a layout must hash to, as far as that is proven against the roots of its files.
///
/// The hash of a file of one piece is its root, which needs no proof; the piece layers of the others are given, or come
/// in runs (BEP 52, hash requests).
package struct PieceHashes: Hashable, Sendable {
    package let layout: ContentLayout
    /// One a piece.
    private var hashes: [Hash256?]
    /// Pieces whose hash is not known.
    package private(set) var unknownCount: Int

    /// - Parameter layers: Of files of the layout; others are passed over.
    package init(_ layout: ContentLayout, layers: some Sequence<PieceLayer> = EmptyCollection()) {
        self.layout = layout
        hashes = Array(repeating: nil, count: layout.geometry.pieceCount)
        unknownCount = hashes.count
        for file in 0..<layout.fileCount {
            let pieces = layout.geometry.pieces(ofFiles: file..<file + 1)
            if pieces.count == 1, let piece = pieces.first { learn(layout.content(of: file).root, of: piece) }
        }
        var seen: Set<Hash256> = []
        for layer in layers where layer.geometry.pieceLength == layout.geometry.pieceLength {
            // That of one piece is known, and those of files that are the same are the same.
            guard layer.geometry.pieceCount > 1, seen.insert(layer.content.root).inserted else { continue }
            for file in layout.files(withRoot: layer.content.root) where layout.content(of: file) == layer.content {
                for (piece, hash) in zip(layout.geometry.pieces(ofFiles: file..<file + 1), layer.hashes) {
                    learn(hash, of: piece)
                }
            }
        }
    }

    /// All hashes of a single content.
    package init(_ layer: PieceLayer) {
        self.init(ContentLayout(layer.content, geometry: layer.geometry), layers: CollectionOfOne(layer))
    }

    package var isComplete: Bool { unknownCount == 0 }

    /// Nil where it is not known.
    package subscript(piece: PieceIndex) -> Hash256? { hashes[piece.value] }

    /// Whether the hashes of all blocks of a piece, first to last, make the hash of the piece; false where it is not known.
    package func matches(_ piece: PieceIndex, _ blockHashes: some Collection<Hash256>) -> Bool {
        guard let hash = hashes[piece.value], blockHashes.count == layout.geometry.blocks(of: piece).count else {
            return false
        }
        var fold = MerkleFold()
        for blockHash in blockHashes { fold.append(blockHash) }
        return fold.root(at: layout.geometry.verificationLayer(of: piece)) == hash
    }

    /// The piece layer of a file; nil where it is not known whole. The file must be one of the layout's.
    package func layer(ofFile file: Int) -> PieceLayer? {
        let known = layout.geometry.pieces(ofFiles: file..<file + 1).map { hashes[$0.value] }
        guard !known.contains(nil) else { return nil }
        return PieceLayer(
            proven: known.compactMap(\.self), of: layout.content(of: file),
            geometry: layout.geometry.geometry(ofFile: file))
    }

    /// Takes the answer to a request for a run of a piece layer that is proven up to the root; gives the pieces whose
    /// hashes it tells, of all files of this content. Nil where it is wrong.
    package mutating func take(_ answer: [Hash256], for range: HashRange, of root: Hash256) -> [PieceIndex]? {
        guard range.provenLayer == range.shape.height, let run = range.verify(answer, against: root) else { return nil }
        var learnt: [PieceIndex] = []
        for file in layout.files(withRoot: root) {
            let geometry = layout.geometry.geometry(ofFile: file)
            guard TreeShape(of: geometry) == range.shape else { continue }
            let pieces = layout.geometry.pieces(ofFiles: file..<file + 1)
            for (piece, hash) in zip(pieces.dropFirst(range.index), run)
            where range.baseLayer == geometry.pieceLayer && learn(hash, of: piece) { learnt.append(piece) }
        }
        return learnt
    }

    /// False where it was known.
    @discardableResult
    private mutating func learn(_ hash: Hash256, of piece: PieceIndex) -> Bool {
        guard hashes[piece.value] == nil else { return false }
        hashes[piece.value] = hash
        unknownCount -= 1
        return true
    }
}
