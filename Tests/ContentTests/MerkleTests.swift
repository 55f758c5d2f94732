import Content
import TestKit
import Testing

struct MerkleTests {
    @Test func paddingIsTheRootOfZeroes() {
        for layer in 0...6 {
            let plain = Vectors.plainRoot(of: [], width: 1 << layer)
            #expect(MerklePadding.root(layer: layer) == plain)
        }
    }

    @Test(arguments: 1...40)
    func foldAndTreeMakeTheRootOfAllLeaves(count: Int) throws {
        var random = SeededRandom(seed: UInt64(count))
        let leaves = (0..<count).map { _ in Hash256(hashing: random.bytes(4)) }
        let geometry = try #require(Geometry(size: Int64(count) << 14, pieceLength: 16_384))
        let shape = try #require(TreeShape(of: geometry))
        let plain = Vectors.plainRoot(of: leaves, width: shape.width(of: 0))
        var fold = MerkleFold()
        for leaf in leaves { fold.append(leaf) }
        #expect(fold.root(at: shape.height) == plain)
        #expect(MerkleTree(leaves, base: 0, top: shape.height)?.root == plain)
        let wider = Vectors.plainRoot(of: leaves, width: shape.width(of: 0) * 4)
        #expect(fold.root(at: shape.height + 2) == wider)
    }

    @Test func treeRefusesMoreNodesThanFit() {
        let nodes = [Hash256](repeating: .zero, count: 5)
        #expect(MerkleTree(nodes, base: 0, top: 2) == nil)
        #expect(MerkleTree(nodes, base: 3, top: 5) == nil)
        #expect(MerkleTree(nodes, base: 3, top: 6) != nil)
    }

    @Test func treeHasNoNodeOutsideItself() throws {
        let tree = try #require(MerkleTree([.zero, .zero, .zero], base: 2, top: 4))
        #expect(tree.node(layer: 1, index: 0) == nil)
        #expect(tree.node(layer: 5, index: 0) == nil)
        #expect(tree.node(layer: 2, index: 4) == nil)
        #expect(tree.node(layer: 2, index: -1) == nil)
        #expect(tree.node(layer: 2, index: 3) == MerklePadding.root(layer: 2))
    }

    @Test(arguments: [1, 16_383, 16_384, 16_385, 49_152, 65_536, 65_537, 300_000])
    func hasherDoesNotCareHowBytesCome(size: Int) throws {
        let bytes = Vectors.content(length: size, seed: 3)
        let whole = try Vectors.layer(of: bytes, pieceLength: 65_536)
        var random = SeededRandom.fresh()
        var hasher = ContentHasher(geometry: whole.geometry)
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...40_000, using: &random))
            try hasher.update(Array(part))
            rest = rest.dropFirst(part.count)
        }
        #expect(try hasher.finish() == whole, "seed \(random.seed)")
        let leaves = Vectors.leaves(of: bytes)
        for piece in whole.geometry.pieces {
            let blocks = whole.geometry.blocks(of: piece)
            var hashes = blocks.map { leaves[$0.value] }
            #expect(whole.matches(piece, blockHashes: hashes))
            hashes[hashes.count - 1] = .zero
            #expect(!whole.matches(piece, blockHashes: hashes))
            #expect(!whole.matches(piece, blockHashes: hashes + hashes))
            #expect(!whole.matches(piece, blockHashes: hashes.dropLast()))
        }
    }

    @Test func hasherWantsExactlyItsBytes() throws {
        let geometry = try #require(Geometry(size: 20_000, pieceLength: 16_384))
        var hasher = ContentHasher(geometry: geometry)
        try hasher.update([UInt8](repeating: 1, count: 19_999))
        let short = hasher
        #expect(throws: ContentHasherError.shorter) { try short.finish() }
        #expect(throws: ContentHasherError.longer) { try hasher.update([1, 2]) }
        try hasher.update([1])
        #expect(try hasher.finish().hashes.count == 2)
        let nothing = try #require(Geometry(size: 0, pieceLength: 16_384))
        #expect(try ContentHasher(geometry: nothing).finish().content == .empty)
    }

    @Test func pieceLayerIsProvenAgainstTheRoot() throws {
        let layer = try Vectors.layer(of: Vectors.content(length: 100_000, seed: 2), pieceLength: 16_384)
        let again = try PieceLayer(decoding: layer.encoded, of: layer.content, pieceLength: 16_384)
        #expect(again == layer)
        var wrong = layer.hashes
        wrong.swapAt(0, 1)
        #expect(throws: PieceLayerError.mismatch) {
            try PieceLayer(verifying: wrong, of: layer.content, pieceLength: 16_384)
        }
        #expect(throws: PieceLayerError.count(expected: 7, found: 6)) {
            try PieceLayer(verifying: layer.hashes.dropLast(), of: layer.content, pieceLength: 16_384)
        }
        #expect(throws: PieceLayerError.truncated) {
            try PieceLayer(decoding: layer.encoded.dropLast(), of: layer.content, pieceLength: 16_384)
        }
        #expect(throws: PieceLayerError.pieceLength) {
            try PieceLayer(verifying: layer.hashes, of: layer.content, pieceLength: 16_385)
        }
    }
}
