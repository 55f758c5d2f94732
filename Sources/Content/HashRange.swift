/// A run of nodes of one layer of a Merkle tree, and how far up the uncles go that prove it: a hash
/// request of BEP 52 that was checked against the tree.
///
/// Where 2^n is the run's width (its length rounded up to a power of two), one node stands above it n
/// layers up. Proof layers count from the first layer above the base; those that the run itself makes
/// are left out, so the uncles stand n to `proofLayers` layers above the base, nearest first.
package struct HashRange: Hashable, Sendable {
    /// So many hashes a request: the blocks of a piece of 128 MiB, as libtorrent has it. BEP 52 says
    /// that 512 should not be exceeded, but a piece of 16 MiB has 1,024 blocks.
    package static let maximumLength = 8_192
    /// What BEP 52 recommends as the longest run.
    package static let recommendedLength = 512

    package let shape: TreeShape
    package let baseLayer: Int
    package let index: Int
    package let length: Int
    package let proofLayers: Int

    /// Nil where BEP 52 does not allow the request: a layer above the tree's, an index that is no
    /// multiple of the length, a run past the padded layer, uncles beyond the root, more than
    /// ``maximumLength`` hashes, or a length that is no power of two of at least 2 though the end of
    /// the file does not cut it.
    package init?(shape: TreeShape, baseLayer: UInt32, index: UInt32, length: UInt32, proofLayers: UInt32) {
        guard let base = Int(exactly: baseLayer), let first = Int(exactly: index), let count = Int(exactly: length),
            let proof = Int(exactly: proofLayers), base < shape.height, (1...Self.maximumLength).contains(count),
            first <= shape.width(of: base) - count, proof < shape.height - base
        else { return nil }
        let width = 1 << TreeShape.logarithm(roundingUp: count)
        guard first.isMultiple(of: width) else { return nil }
        if width != count || count < 2 {
            guard first + count == shape.count(of: base) else { return nil }
        }
        self.init(shape: shape, baseLayer: base, index: first, length: count, proofLayers: proof)
    }

    private init(shape: TreeShape, baseLayer: Int, index: Int, length: Int, proofLayers: Int) {
        self.shape = shape
        self.baseLayer = baseLayer
        self.index = index
        self.length = length
        self.proofLayers = proofLayers
    }

    /// What asks for the whole piece layer of one file, proven up to the root, in runs of at most
    /// ``recommendedLength``. None where the file is one piece.
    package static func pieceLayer(of geometry: Geometry) -> [HashRange] {
        guard geometry.pieceCount > 1, let shape = TreeShape(of: geometry) else { return [] }
        let base = geometry.pieceLayer
        let length = min(recommendedLength, shape.width(of: base))
        return stride(from: 0, to: geometry.pieceCount, by: length).map { index in
            HashRange(
                shape: shape, baseLayer: base, index: index, length: length, proofLayers: shape.height - base - 1)
        }
    }

    /// What asks for the hashes of a piece's blocks in the tree of its file, to be proven against the hash of the
    /// piece. Nil where a piece has one block: its hash is the piece's.
    package static func blocks(of piece: PieceIndex, in geometry: Geometry) -> HashRange? {
        let top = geometry.verificationLayer(of: piece)
        guard top > 0, let shape = TreeShape(of: geometry.geometry(ofFile: geometry.file(of: piece))) else {
            return nil
        }
        let length = 1 << top
        return HashRange(
            shape: shape, baseLayer: 0, index: geometry.pieceInFile(piece).value * length, length: length,
            proofLayers: top - 1)
    }

    /// How many layers above the base the one node over the whole run stands.
    var runHeight: Int { TreeShape.logarithm(roundingUp: length) }
    /// How many uncles follow the run.
    package var uncleCount: Int { max(0, proofLayers - runHeight + 1) }
    /// How many hashes the answer has.
    package var answerCount: Int { length + uncleCount }

    /// Where the node stands that an answer leads to.
    package var provenLayer: Int { baseLayer + runHeight + uncleCount }
    /// Which node of ``provenLayer`` that is.
    package var provenIndex: Int { index >> (runHeight + uncleCount) }

    /// Checks an answer against the node that it leads to: the root of the file where the proof goes
    /// all the way, else one that was proven before. Gives the run without its padding, nil where
    /// the answer is wrong.
    package func verify(_ answer: [Hash256], against known: Hash256) -> [Hash256]? {
        guard answer.count == answerCount else { return nil }
        let real = min(length, max(0, shape.count(of: baseLayer) - index))
        let padding = MerklePadding.root(layer: baseLayer)
        guard answer[real..<length].allSatisfy({ $0 == padding }) else { return nil }
        var fold = MerkleFold(layer: baseLayer)
        for hash in answer[..<real] { fold.append(hash) }
        var node = fold.root(at: baseLayer + runHeight)
        var position = index >> runHeight
        for uncle in answer[length...] {
            node = position.isMultiple(of: 2) ? Hash256(left: node, right: uncle) : Hash256(left: uncle, right: node)
            position >>= 1
        }
        return node == known ? Array(answer[..<real]) : nil
    }
}
