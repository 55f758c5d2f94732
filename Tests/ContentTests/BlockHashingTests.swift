import Content
import Crypto
import TestKit
import Testing

struct BlockHashingTests {
    /// Every way in which a message can end: in its last 64 bytes, or with 64 more.
    @Test func twoSideBySideAreWhatEachIsByItself() {
        var random = SeededRandom(seed: 26)
        for length in Array(0...200) + [4_096, 16_383, 16_384, 16_385] {
            expectEach(of: [random.bytes(length), random.bytes(length)])
        }
    }

    @Test func whatDiffersInLengthOrIsAloneIsHashedToo() {
        var random = SeededRandom(seed: 27)
        for lengths in [[], [16_384], [16_384, 5], [0, 1], [16_384, 16_384, 100], [64, 64, 64, 63, 64]] {
            expectEach(of: lengths.map { random.bytes($0) })
        }
    }

    /// However the reads cut it.
    @Test(arguments: [1, 16_384, 16_385, 32_768, 40_000, 1 << 20])
    func aContentIsHashedInAnyPortions(portion: Int) throws {
        var random = SeededRandom(seed: 28)
        let bytes = random.bytes(16_384 * 9 + 77)
        let geometry = try #require(Geometry(size: Int64(bytes.count), pieceLength: 32_768))
        var hasher = ContentHasher(geometry: geometry)
        for start in stride(from: 0, to: bytes.count, by: portion) {
            try hasher.update(Array(bytes[start..<min(start + portion, bytes.count)]))
        }
        let leaves = stride(from: 0, to: bytes.count, by: 16_384).map { start in
            Hash256(SHA256.hash(data: bytes[start..<min(start + 16_384, bytes.count)]))
        }
        #expect(try hasher.finish().content.root == Vectors.plainRoot(of: leaves, width: 16))
    }

    private func expectEach(of blocks: [[UInt8]]) {
        // Out of one storage, so that none of them moves meanwhile.
        let hashes = Array(blocks.joined()).withUnsafeBytes { bytes in
            var start = 0
            return BlockHashing.hashes(
                of: blocks.map { block in
                    defer { start += block.count }
                    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + block.count])
                })
        }
        #expect(hashes == blocks.map { Hash256(SHA256.hash(data: $0)) }, "lengths \(blocks.map(\.count))")
    }
}
