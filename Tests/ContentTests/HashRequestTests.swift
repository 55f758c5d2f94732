import Content
import TestKit
import Testing

/// Hash requests of BEP 52, answered and verified over every run of small trees.
struct HashRequestTests {
    struct Subject: CustomTestStringConvertible, Sendable {
        let blocks: Int
        let blocksPerPiece: Int
        var testDescription: String { "\(blocks) blocks, \(blocksPerPiece) a piece" }

        /// The last block is short.
        func prover() throws -> (prover: HashProver, leaves: [Hash256]) {
            let bytes = Vectors.content(length: blocks * Geometry.blockLength - 100, seed: blocks)
            let layer = try Vectors.layer(of: bytes, pieceLength: blocksPerPiece * Geometry.blockLength)
            return (try #require(HashProver(layer)), Vectors.leaves(of: bytes))
        }
    }

    static let subjects = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17].flatMap { blocks in
        [1, 2, 4, 8].map { Subject(blocks: blocks, blocksPerPiece: $0) }
    }

    /// Reads the spec's sentence plainly: the run, then for each proof layer the sibling of the run's
    /// ancestor there, but for those that the run itself makes.
    static func plainAnswer(_ range: HashRange, leaves: [Hash256], shape: TreeShape) -> [Hash256] {
        var layers = [leaves + Array(repeating: .zero, count: shape.width(of: 0) - leaves.count)]
        for layer in 0..<shape.height {
            layers.append(
                stride(from: 0, to: layers[layer].count, by: 2).map {
                    Hash256(left: layers[layer][$0], right: layers[layer][$0 + 1])
                })
        }
        var answer = Array(layers[range.baseLayer][range.index..<range.index + range.length])
        var covered = 1
        for proof in 0...range.proofLayers {
            // The node `proof` layers above the base that holds the run's beginning, and its sibling.
            let sibling = range.index >> proof ^ 1
            if covered >= range.length { answer.append(layers[range.baseLayer + proof][sibling]) }
            covered *= 2
        }
        return answer
    }

    @Test(arguments: subjects)
    func everyRunIsAnsweredAndVerified(subject: Subject) throws {
        let (prover, leaves) = try subject.prover()
        let shape = try #require(TreeShape(of: prover.layer.geometry))
        var asked = 0
        for base in 0...shape.height + 1 {
            for length in 1...shape.width(of: 0) * 2 {
                for index in 0...shape.width(of: 0) {
                    for proof in 0...shape.height + 1 {
                        let range = prover.range(
                            baseLayer: UInt32(base), index: UInt32(index), length: UInt32(length),
                            proofLayers: UInt32(proof))
                        guard let range else { continue }
                        asked += 1
                        try check(range, prover: prover, leaves: leaves, shape: shape)
                    }
                }
            }
        }
        #expect(asked > 0 || shape.height == 0)
    }

    private func check(_ range: HashRange, prover: HashProver, leaves: [Hash256], shape: TreeShape) throws {
        let pieces = prover.piecesNeeded(for: range)
        let perPiece = prover.layer.geometry.blocksPerPiece
        let hashes = pieces.flatMap { leaves[$0 * perPiece..<min(leaves.count, ($0 + 1) * perPiece)] }
        let answer = try #require(prover.answer(to: range, blockHashes: hashes))
        #expect(answer.count == range.answerCount)
        #expect(answer == Self.plainAnswer(range, leaves: leaves, shape: shape))

        let tree = try #require(MerkleTree(leaves, base: 0, top: shape.height))
        let known = try #require(tree.node(layer: range.provenLayer, index: range.provenIndex))
        let run = try #require(range.verify(answer, against: known))
        #expect(
            run.elementsEqual(
                answer.prefix(max(0, shape.count(of: range.baseLayer) - range.index))
                    .prefix(range.length)))
        for position in answer.indices {
            var wrong = answer
            wrong[position] = Hash256(hashing: [1])
            #expect(range.verify(wrong, against: known) == nil)
        }
        #expect(range.verify(answer + [.zero], against: known) == nil)
        #expect(range.verify(answer.dropLast(), against: known) == nil)
        if !hashes.isEmpty {
            #expect(prover.answer(to: range, blockHashes: hashes.dropLast()) == nil)
            #expect(prover.answer(to: range, blockHashes: hashes + [.zero]) == nil)
            #expect(prover.answer(to: range, blockHashes: hashes.dropLast() + [.zero]) == nil)
        }
    }

    @Test(arguments: [1, 2, 3, 600, 1_025])
    func pieceLayerComesInRuns(pieces: Int) throws {
        let bytes = Vectors.content(length: pieces * Geometry.blockLength, seed: 5)
        let layer = try Vectors.layer(of: bytes, pieceLength: Geometry.blockLength)
        let prover = try #require(HashProver(layer))
        var hashes: [Hash256] = []
        for range in HashRange.pieceLayer(of: layer.geometry) {
            #expect(range.provenLayer == range.shape.height)
            #expect(prover.piecesNeeded(for: range).isEmpty)
            let answer = try #require(prover.answer(to: range, blockHashes: []))
            hashes += try #require(range.verify(answer, against: layer.content.root))
        }
        #expect(hashes == (pieces == 1 ? [] : layer.hashes))
    }

    @Test func blocksOfAPieceAreProvenAgainstIt() throws {
        let (prover, leaves) = try Subject(blocks: 13, blocksPerPiece: 4).prover()
        let geometry = prover.layer.geometry
        for piece in geometry.pieces {
            let range = try #require(HashRange.blocks(of: piece, in: geometry))
            let blocks = geometry.blocks(of: piece).map { leaves[$0.value] }
            #expect(prover.piecesNeeded(for: range) == piece.value..<piece.value + 1)
            let answer = try #require(prover.answer(to: range, blockHashes: blocks))
            #expect(range.verify(answer, against: prover.layer[piece]) == blocks)
        }
        let single = try #require(Geometry(size: 100, pieceLength: 16_384))
        #expect(try HashRange.blocks(of: #require(single.piece(0)), in: single) == nil)
    }

    /// A tree of 13 blocks has layers of 16, 8, 4, 2, 1.
    @Test(
        arguments: [
            (4, 0, 1, 0), (0, 1, 2, 0), (0, 16, 2, 0), (0, 0, 3, 0), (0, 0, 0, 0), (0, 0, 2, 4), (0, 0, 32, 0),
            (3, 0, 2, 1), (0, 4, 8, 0), (0, .max, 2, 0), (.max, 0, 2, 0), (0, 0, .max, 0), (0, 0, 2, .max),
            (0, .max, .max, .max), (0, 0x8000_0000, 0x8000_0000, 0), (0, 12, 1, 4), (0, 11, 1, 0), (0, 8, 6, 0),
        ] as [(UInt32, UInt32, UInt32, UInt32)])
    func refusesWhatTheTreeDoesNotHave(base: UInt32, index: UInt32, length: UInt32, proof: UInt32) throws {
        let (prover, _) = try Subject(blocks: 13, blocksPerPiece: 4).prover()
        #expect(prover.range(baseLayer: base, index: index, length: length, proofLayers: proof) == nil)
    }

    @Test func allowsARunThatTheEndOfTheFileCuts() throws {
        let (prover, _) = try Subject(blocks: 13, blocksPerPiece: 4).prover()
        let range = try #require(prover.range(baseLayer: 0, index: 8, length: 5, proofLayers: 3))
        #expect(range.answerCount == 6)
        let last = try #require(prover.range(baseLayer: 0, index: 12, length: 1, proofLayers: 3))
        #expect(last.answerCount == 5)
    }

    @Test func longestRunIsBounded() throws {
        let geometry = try #require(Geometry(size: 1 << 40, pieceLength: 16 << 20))
        let shape = try #require(TreeShape(of: geometry))
        #expect(HashRange(shape: shape, baseLayer: 0, index: 0, length: 8_192, proofLayers: 25) != nil)
        #expect(HashRange(shape: shape, baseLayer: 0, index: 0, length: 16_384, proofLayers: 25) == nil)
        #expect(HashRange(shape: shape, baseLayer: 0, index: 0, length: 2, proofLayers: 26) == nil)
    }
}
