import Content
import TestKit
import Testing

/// Contents of several files: numbers and offsets against a plain count.
struct FolderGeometryTests {
    private static let blockLength = Geometry.blockLength

    /// Sizes at the borders of blocks and pieces, and any others.
    static func size(pieceLength: Int, using random: inout SeededRandom) -> Int {
        let border = [0, blockLength, pieceLength, 2 * pieceLength].randomElement(using: &random) ?? 0
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: border
        case 1: border + 1
        case 2: max(0, border - 1)
        default: Int.random(in: 0...3 * pieceLength, using: &random)
        }
    }

    /// A block as the spec has it: which piece, where in it, where in its file.
    private struct PlainBlock {
        let file: Int
        let piece: Int
        let begin: Int
        let length: Int
        let offset: Int
    }

    private static func plainBlocks(_ sizes: [Int], pieceLength: Int) -> [PlainBlock] {
        var blocks: [PlainBlock] = []
        var piece = 0
        var start = 0
        for (file, size) in sizes.enumerated() {
            for offset in stride(from: 0, to: size, by: blockLength) {
                blocks.append(
                    PlainBlock(
                        file: file, piece: piece + offset / pieceLength, begin: offset % pieceLength,
                        length: min(blockLength, size - offset), offset: start + offset))
            }
            piece += (size + pieceLength - 1) / pieceLength
            start += size
        }
        return blocks
    }

    @Test("Blocks, pieces and bytes of any files are where BEP 52 puts them")
    func random() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(1_000) {
            let pieceLength = Self.blockLength << Int.random(in: 0...3, using: &random)
            let sizes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Self.size(pieceLength: pieceLength, using: &random)
            }
            let geometry = try #require(Geometry(fileSizes: sizes.map(Int64.init), pieceLength: pieceLength))
            try check(geometry, sizes, random.seed)
        }
    }

    private func check(_ geometry: Geometry, _ sizes: [Int], _ seed: UInt64) throws {
        let plain = Self.plainBlocks(sizes, pieceLength: geometry.pieceLength)
        let comment: Comment = "seed \(seed), \(sizes)"
        #expect(geometry.size == Int64(sizes.reduce(0, +)), comment)
        #expect(geometry.fileCount == sizes.count, comment)
        #expect(geometry.blockCount == plain.count, comment)
        #expect(geometry.pieceCount == (plain.last?.piece ?? -1) + 1, comment)
        #expect(geometry.block(plain.count) == nil && geometry.piece(geometry.pieceCount) == nil, comment)
        for (number, expected) in plain.enumerated() {
            let block = try #require(geometry.block(number))
            let place = geometry.place(of: block)
            #expect(place.piece.value == expected.piece, comment)
            #expect(place.begin == expected.begin && place.length == expected.length, comment)
            #expect(place.offset == Int64(expected.offset), comment)
            #expect(geometry.file(of: place.piece) == expected.file, comment)
            func asked(_ begin: Int, _ length: Int) -> BlockIndex? {
                geometry.block(piece: expected.piece, begin: begin, length: length)
            }
            #expect(asked(expected.begin, expected.length) == block, comment)
            #expect(asked(expected.begin, expected.length - 1) == nil, comment)
            #expect(asked(expected.begin, expected.length + 1) == nil, comment)
            #expect(asked(expected.begin + 1, expected.length) == nil, comment)
        }
        for piece in geometry.pieces {
            let blocks = plain.indices.filter { plain[$0].piece == piece.value }
            #expect(geometry.blocks(of: piece).map(\.value) == blocks, comment)
            #expect(geometry.length(of: piece) == blocks.reduce(0) { $0 + plain[$1].length }, comment)
            #expect(geometry.offset(of: piece) == Int64(plain[blocks[0]].offset), comment)
            // What is beyond the end of a piece belongs to nobody, not to the next file.
            let end = blocks.count * Self.blockLength
            #expect(geometry.block(piece: piece.value, begin: end, length: Self.blockLength) == nil, comment)
        }
        for (file, size) in sizes.enumerated() {
            let alone = try #require(Geometry(size: Int64(size), pieceLength: geometry.pieceLength))
            #expect(geometry.geometry(ofFile: file) == alone, comment)
            let pieces = geometry.pieces(ofFiles: file..<file + 1)
            #expect(pieces.map { geometry.pieceInFile($0) } == Array(alone.pieces), comment)
            #expect(pieces.allSatisfy { geometry.file(of: $0) == file }, comment)
        }
    }

    @Test("A run of bytes is cut at the ends of files, and empty files have no part of it")
    func parts() throws {
        let geometry = try #require(Geometry(fileSizes: [0, 10, 0, 0, 16_390, 1, 0], pieceLength: 16_384))
        func parts(_ offset: Int64, _ length: Int) -> [FilePart] {
            Array(geometry.parts(offset: offset, length: length))
        }
        #expect(parts(0, 10) == [FilePart(file: 1, offset: 0, length: 10)])
        #expect(parts(10, 16_390) == [FilePart(file: 4, offset: 0, length: 16_390)])
        #expect(
            parts(9, 16_392) == [
                FilePart(file: 1, offset: 9, length: 1), FilePart(file: 4, offset: 0, length: 16_390),
                FilePart(file: 5, offset: 0, length: 1),
            ])
        #expect(parts(16_399, 1) == [FilePart(file: 4, offset: 16_389, length: 1)])
        #expect(parts(0, 0).isEmpty && parts(16_401, 0).isEmpty)
        let single = try #require(Geometry(size: 100, pieceLength: 16_384))
        #expect(Array(single.parts(offset: 7, length: 93)) == [FilePart(file: 0, offset: 7, length: 93)])
    }

    @Test("One file of a folder divides as that file alone does, and sizes that nothing has are refused")
    func borders() throws {
        #expect(Geometry(fileSizes: [70_000], pieceLength: 32_768) == Geometry(size: 70_000, pieceLength: 32_768))
        #expect(try #require(Geometry(fileSizes: [], pieceLength: 16_384)).fileCount == 0)
        #expect(Geometry(fileSizes: [1, -1], pieceLength: 16_384) == nil)
        #expect(Geometry(fileSizes: [1, 2], pieceLength: 16_385) == nil)
        #expect(Geometry(fileSizes: [1 << 50, 1], pieceLength: 16_384) == nil)
        #expect(Geometry(fileSizes: [.max, .max], pieceLength: 16_384) == nil)
    }

    @Test("A hundred thousand files are found by a piece, a block or a byte")
    func many() throws {
        let sizes = [Int64](repeating: 4_096, count: 100_000)
        let geometry = try #require(
            Geometry(fileSizes: sizes, pieceLength: Geometry.canonicalPieceLength(for: sizes.reduce(0, +))))
        #expect(geometry.pieceCount == 100_000 && geometry.blockCount == 100_000)
        for number in 0..<100_000 {
            let block = try #require(geometry.block(number))
            let place = geometry.place(of: block)
            guard place.piece.value == number, place.offset == Int64(number) * 4_096, place.length == 4_096,
                geometry.file(of: place.piece) == number
            else {
                Issue.record("block \(number) lies at \(place)")
                return
            }
        }
    }
}
