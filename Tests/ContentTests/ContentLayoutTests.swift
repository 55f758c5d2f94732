import Content
import TestKit
import Testing

/// Folders as swarms serve them: which file is which, what pieces hash to, and what is proven of it.
struct ContentLayoutTests {
    private static func path(_ text: String) -> [[UInt8]] { text.split(separator: "/").map { Array($0.utf8) } }

    private static func layout(
        _ files: [(path: String, bytes: [UInt8])], pieceLength: Int
    ) throws -> (layout: ContentLayout, layers: [PieceLayer]) {
        let layers = try files.map { try Vectors.layer(of: $0.bytes, pieceLength: pieceLength) }
        let entries = try zip(files, layers).map { file, layer in
            try #require(FileTreeEntry(path: path(file.path), content: layer.content))
        }
        let info = try InfoDictionary.folder(entries, pieceLength: pieceLength, certificate: [])
        return (try #require(ContentLayout(info)), layers)
    }

    @Test("Files are found by path and by root; files that are the same have one root")
    func finding() throws {
        let twin = Vectors.content(length: 40_000, seed: 1)
        let (layout, layers) = try Self.layout(
            [
                ("a/one", twin), ("a/two/deep", []), ("a/two/x", [1]), ("a.txt", [2]), ("b", twin), ("c", []),
            ], pieceLength: 16_384)
        let paths = (0..<layout.fileCount).map { file in
            layout.path(of: file)?.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        }
        #expect(paths == ["a/one", "a/two/deep", "a/two/x", "a.txt", "b", "c"])
        #expect(layout.files(withRoot: layers[0].content.root) == [0, 4])
        #expect(layout.files(withRoot: layers[2].content.root) == [2])
        #expect(layout.files(withRoot: .zero).isEmpty)
        #expect(layout.files(withRoot: Hash256(hashing: [9])).isEmpty)
        #expect(layout.files(below: Self.path("a")) == 0..<3)
        #expect(layout.files(below: Self.path("a/two")) == 1..<3)
        #expect(layout.files(below: Self.path("a/two/x")) == 2..<3)
        #expect(layout.files(below: []) == 0..<6)
        #expect(layout.files(below: Self.path("a/tw")).isEmpty)
        #expect(layout.geometry.pieces(ofFiles: layout.files(below: Self.path("a"))).map(\.value) == [0, 1, 2, 3])

        let single = PieceHashes(layers[0]).layout
        #expect(single.folder == nil && single.path(of: 0) == nil && single.files(below: []).isEmpty)
        #expect(single.files(withRoot: layers[0].content.root) == [0])
        #expect(single.files(withRoot: layers[2].content.root).isEmpty)
    }

    @Test("A dictionary that claims more pieces than anybody can announce is refused")
    func tooManyPieces() throws {
        func layout(_ sizes: [Int64]) throws -> ContentLayout? {
            let files = try sizes.enumerated().map { number, size in
                let content = try #require(ContentID(root: Hash256(hashing: [UInt8(number)]), size: size))
                return try #require(FileTreeEntry(path: [[UInt8(97 + number)]], content: content))
            }
            return ContentLayout(try InfoDictionary.folder(files, pieceLength: 16_384, certificate: []))
        }
        #expect(try layout([1 << 34, 1 << 34]) != nil)
        #expect(try layout([1 << 34, 1 << 34, 1]) == nil)
        #expect(try layout([1 << 49, 1 << 49]) == nil)
    }

    @Test("Hashes of all pieces come from layers and roots, or from what a prover answers, whatever the sizes")
    func proving() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(200) {
            let pieceLength = Geometry.blockLength << Int.random(in: 0...3, using: &random)
            var sizes = (0..<Int.random(in: 2...8, using: &random)).map { _ in
                FolderGeometryTests.size(pieceLength: pieceLength, using: &random)
            }
            sizes[0] = max(1, sizes[0])
            let content = try SimulatedContent(fileSizes: sizes, pieceLength: pieceLength, using: &random)
            try check(content, "seed \(random.seed), \(sizes)")
        }
    }

    private func check(_ content: SimulatedContent, _ comment: Comment) throws {
        let layout = content.layout
        #expect(content.hashes.isComplete, comment)
        var learnt = PieceHashes(layout)
        var prover = LayoutProver(content.hashes)
        for file in 0..<layout.fileCount {
            let pieces = layout.geometry.pieces(ofFiles: file..<file + 1)
            let root = layout.content(of: file).root
            if pieces.count == 1 { #expect(learnt.layer(ofFile: file)?.hashes == [root], comment) }
            for range in HashRange.pieceLayer(of: layout.geometry.geometry(ofFile: file)) {
                #expect(learnt.layer(ofFile: file) == nil, comment)
                var answer = try self.answer(&prover, range, root, [])
                answer[0] = .zero
                #expect(learnt.take(answer, for: range, of: root) == nil, comment)
                answer = try self.answer(&prover, range, root, [])
                #expect(learnt.take(answer, for: range, of: root) == Array(pieces), comment)
                #expect(learnt.take(answer, for: range, of: root) == [], comment)
            }
        }
        #expect(learnt == content.hashes, comment)
        for piece in layout.geometry.pieces {
            let leaves = layout.geometry.blocks(of: piece).map { Hash256(hashing: content.bytes(of: $0)) }
            let expected = try #require(content.hashes[piece])
            var fold = MerkleFold()
            for leaf in leaves { fold.append(leaf) }
            #expect(fold.root(at: layout.geometry.verificationLayer(of: piece)) == expected, comment)
            guard let range = HashRange.blocks(of: piece, in: layout.geometry) else {
                #expect(leaves == [expected], comment)
                continue
            }
            let root = layout.content(of: piece).root
            #expect(
                range.verify(try answer(&prover, range, root, [piece], leaves), against: expected) == leaves, comment)
        }
    }

    private func answer(
        _ prover: inout LayoutProver, _ range: HashRange, _ root: Hash256, _ pieces: [PieceIndex],
        _ leaves: [Hash256] = []
    ) throws -> [Hash256] {
        let found = prover.query(
            root: root, baseLayer: UInt32(range.baseLayer), index: UInt32(range.index), length: UInt32(range.length),
            proofLayers: UInt32(range.proofLayers))
        let query = try #require(found)
        #expect(query.range == range)
        #expect(query.pieces == pieces)
        let answer = prover.answer(to: query, blockHashes: leaves)
        return try #require(answer)
    }

    @Test("Who holds a part of a folder answers for the files whose hashes he has, and for no others")
    func partly() throws {
        let (layout, layers) = try Self.layout(
            [("a", Vectors.content(length: 40_000, seed: 1)), ("b", Vectors.content(length: 50_000, seed: 2))],
            pieceLength: 16_384)
        var prover = LayoutProver(PieceHashes(layout, layers: [layers[1]]))
        func query(_ layer: PieceLayer) -> HashQuery? {
            prover.query(root: layer.content.root, baseLayer: 0, index: 0, length: 2, proofLayers: 1)
        }
        #expect(query(layers[0]) == nil)
        #expect(query(layers[1]) != nil)
        #expect(prover.query(root: .zero, baseLayer: 0, index: 0, length: 2, proofLayers: 1) == nil)
    }

    @Test("Two files of one root and different sizes, as only a liar's folder has them, are refused")
    func impossibleTwins() throws {
        let layer = try Vectors.layer(of: Vectors.content(length: 40_000, seed: 1), pieceLength: 16_384)
        func folder(_ sizes: [Int64]) throws -> InfoDictionary {
            let files = try sizes.enumerated().map { number, size in
                let content = try #require(ContentID(root: layer.content.root, size: size))
                return try #require(FileTreeEntry(path: [[UInt8(97 + number)]], content: content))
            }
            return try InfoDictionary.folder(files, pieceLength: 16_384, certificate: [])
        }
        #expect(ContentLayout(try folder([40_000, 40_000])) != nil)
        #expect(ContentLayout(try folder([40_000, 60_000])) == nil)
        #expect(ContentLayout(try folder([40_000, 40_000, 70_000])) == nil)
    }
}
