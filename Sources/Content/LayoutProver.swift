/// A hash request of BEP 52 that was checked against a layout: which hashes of which file's tree.
package struct HashQuery: Hashable, Sendable {
    let file: Int
    package let range: HashRange
    /// The pieces of the layout whose blocks' hashes an answer needs; empty where the piece layer is enough.
    package let pieces: [PieceIndex]
}

/// Answers hash requests for all files of a layout: finds the file by its root, and leaves the rest to the file's
/// ``HashProver``.
package struct LayoutProver: Sendable {
    /// Trees are kept up to so many pieces, and so many files.
    private static let keptPieces = 65_536
    private static let keptFiles = 64

    private let hashes: PieceHashes
    /// By file: requests for a file come in runs, and a tree takes a hash for each of its pieces.
    private var kept: [Int: HashProver] = [:]
    private var keptSize = 0

    package init(_ hashes: PieceHashes) { self.hashes = hashes }

    /// Checks a request's numbers; nil is to be answered with a reject.
    package mutating func query(
        root: Hash256, baseLayer: UInt32, index: UInt32, length: UInt32, proofLayers: UInt32
    ) -> HashQuery? {
        // Files of one root are the same file.
        guard let file = hashes.layout.files(withRoot: root).first, let prover = prover(of: file),
            let range = prover.range(baseLayer: baseLayer, index: index, length: length, proofLayers: proofLayers)
        else { return nil }
        let pieces = hashes.layout.geometry.pieces(ofFiles: file..<file + 1)
        let needed = prover.piecesNeeded(for: range)
        return HashQuery(
            file: file, range: range, pieces: Array(pieces.dropFirst(needed.lowerBound).prefix(needed.count)))
    }

    /// The run and its uncles. `blockHashes` are those of all blocks of the query's pieces, first to last. Nil where
    /// they are not as many, or do not belong to the file any more.
    package mutating func answer(to query: HashQuery, blockHashes: [Hash256]) -> [Hash256]? {
        prover(of: query.file)?.answer(to: query.range, blockHashes: blockHashes)
    }

    /// Nil where the file's layer is not known.
    private mutating func prover(of file: Int) -> HashProver? {
        if let prover = kept[file] { return prover }
        guard let layer = hashes.layer(ofFile: file), let prover = HashProver(layer) else { return nil }
        if kept.count >= Self.keptFiles || keptSize + layer.hashes.count > Self.keptPieces {
            kept = [:]
            keptSize = 0
        }
        kept[file] = prover
        keptSize += layer.hashes.count
        return prover
    }
}
