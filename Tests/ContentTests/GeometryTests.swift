import Content
import Testing

struct GeometryTests {
    static func content(_ size: Int64) throws -> ContentID {
        try #require(ContentID(root: size == 0 ? .zero : Hash256(hashing: [1]), size: size))
    }

    @Test(
        arguments: [
            (0, 16_384, 0), (1, 16_384, 1), (16_384, 16_384, 1), (16_385, 16_384, 2), (32 << 20, 16_384, 2_048),
            (32 << 20 + 1, 32_768, 1_025), (1 << 30, 524_288, 2_048), (32 << 30, 16 << 20, 2_048),
            (1 << 40, 16 << 20, 65_536), (1 << 50, 16 << 20, 1 << 26),
        ] as [(Int64, Int, Int)])
    func canonicalDivision(size: Int64, pieceLength: Int, pieces: Int) throws {
        let geometry = Geometry(canonicalFor: try Self.content(size))
        #expect(geometry.pieceLength == pieceLength)
        #expect(geometry.pieceCount == pieces)
    }

    @Test func onlyItsOwnBlocksExist() throws {
        let geometry = try #require(Geometry(size: 100_000, pieceLength: 32_768))
        #expect(geometry.blockCount == 7)
        #expect(geometry.pieceCount == 4)
        #expect(geometry.block(piece: 3, begin: 0, length: 1_696)?.value == 6)
        #expect(geometry.block(piece: 1, begin: 16_384, length: 16_384)?.value == 3)
        for (piece, begin, length) in [
            (3, 0, 16_384), (3, 16_384, 16_384), (4, 0, 1), (-1, 0, 16_384), (0, 1, 16_384), (0, 32_768, 16_384),
            (0, -16_384, 16_384), (0, 0, 0), (0, 0, 32_768), (.max, 0, 16_384), (0, .max, 16_384),
        ] {
            #expect(geometry.block(piece: piece, begin: begin, length: length) == nil)
        }
        let last = try #require(geometry.block(6))
        #expect(geometry.length(of: last) == 1_696)
        #expect(geometry.piece(of: last).value == 3)
        #expect(geometry.offsetInPiece(of: last) == 0)
        #expect(geometry.blocks(of: try #require(geometry.piece(3))).map(\.value) == [6])
        #expect(geometry.piece(4) == nil)
        #expect(geometry.block(7) == nil)
    }

    @Test func impossibleOnesAreRefused() {
        for (size, pieceLength) in [
            (-1, 16_384), (1 << 50 + 1, 16_384), (1, 0), (1, 8_192), (1, 16_385), (1, 1 << 31), (1, -16_384),
        ] as [(Int64, Int)] {
            #expect(Geometry(size: size, pieceLength: pieceLength) == nil)
        }
        #expect(ContentID(root: .zero, size: 1) == nil)
        #expect(ContentID(root: Hash256(hashing: [1]), size: 0) == nil)
        #expect(ContentID(root: Hash256(hashing: [1]), size: -1) == nil)
    }
}
