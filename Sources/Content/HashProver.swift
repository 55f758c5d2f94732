/// Answers hash requests (BEP 52) for one content, from its piece layer and, where a request goes below
/// it, from the hashes of the blocks of the pieces concerned, which are not stored but hashed again.
package struct HashProver: Sendable {
    package let layer: PieceLayer
    private let shape: TreeShape
    /// From the pieces to the root.
    private let upper: MerkleTree

    /// Nil for an empty content.
    package init?(_ layer: PieceLayer) {
        guard let shape = TreeShape(of: layer.geometry),
            let upper = MerkleTree(layer.hashes, base: layer.geometry.verificationLayer, top: shape.height)
        else { return nil }
        self.layer = layer
        self.shape = shape
        self.upper = upper
    }

    /// Checks a request's numbers; nil is to be answered with a reject.
    package func range(baseLayer: UInt32, index: UInt32, length: UInt32, proofLayers: UInt32) -> HashRange? {
        HashRange(shape: shape, baseLayer: baseLayer, index: index, length: length, proofLayers: proofLayers)
    }

    /// The pieces whose blocks' hashes ``answer(to:blockHashes:)`` needs; empty where the piece layer
    /// is enough. Pieces that are nothing but padding are not among them.
    package func piecesNeeded(for range: HashRange) -> Range<Int> {
        let below = upper.base - range.baseLayer
        guard below > 0 else { return 0..<0 }
        let first = range.index >> below
        let end = (range.index + range.length - 1) >> below + 1
        return min(first, layer.geometry.pieceCount)..<min(end, layer.geometry.pieceCount)
    }

    /// The run and its uncles. `blockHashes` are those of all blocks of ``piecesNeeded(for:)``, first to
    /// last. Nil where they are not as many, or do not belong to this content any more.
    package func answer(to range: HashRange, blockHashes: [Hash256]) -> [Hash256]? {
        guard range.shape == shape, let lower = lowerTrees(for: range, blockHashes: blockHashes) else { return nil }
        func node(layer: Int, index: Int) -> Hash256? {
            if layer >= upper.base { return upper.node(layer: layer, index: index) }
            let piece = index >> (upper.base - layer)
            guard let tree = lower[piece] else { return MerklePadding.root(layer: layer) }
            return tree.node(layer: layer, index: index - piece << (upper.base - layer))
        }
        var answer: [Hash256] = []
        answer.reserveCapacity(range.answerCount)
        for index in range.index..<range.index + range.length {
            guard let hash = node(layer: range.baseLayer, index: index) else { return nil }
            answer.append(hash)
        }
        for step in range.runHeight..<range.runHeight + range.uncleCount {
            guard let uncle = node(layer: range.baseLayer + step, index: range.index >> step ^ 1) else { return nil }
            answer.append(uncle)
        }
        return answer
    }

    /// The trees below the pieces that are needed, by piece, each proven against the piece layer.
    private func lowerTrees(for range: HashRange, blockHashes: [Hash256]) -> [Int: MerkleTree]? {
        var trees: [Int: MerkleTree] = [:]
        var rest = blockHashes[...]
        for number in piecesNeeded(for: range) {
            guard let piece = layer.geometry.piece(number) else { return nil }
            let count = layer.geometry.blocks(of: piece).count
            guard rest.count >= count, let tree = MerkleTree(Array(rest.prefix(count)), base: 0, top: upper.base),
                tree.root == layer[piece]
            else { return nil }
            trees[number] = tree
            rest = rest.dropFirst(count)
        }
        return rest.isEmpty ? trees : nil
    }
}
