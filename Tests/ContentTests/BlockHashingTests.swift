import Content
import Crypto
import TestKit
import Testing

struct BlockHashingTests {
    /// Lengths, and the hashes of ``Vectors/content(length:seed:)`` of each with the seeds 1 and 2, as Python's hashlib has them: where the
    /// processor has no instructions for it, the library would be held against itself otherwise.
    private static let known = [
        (
            0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            1, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
            "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986"
        ),
        (
            55, "db299a13696704148312cddeb339e25d8033581da33ad0a93804578bfcc285d7",
            "9d29552004282ad90a86d1acb737a6777182035a4f65275398226b550c37fa9c"
        ),
        (
            56, "7e8b5a0e6386e43c7202d6afba46a7c605b4ec6225cf2d62fe65910137d0bba5",
            "c62f07d53f9848676f7d413ee65bc967697e22c6b86231ef450ad9fd9031804c"
        ),
        (
            63, "7d94837bc78401a8578807cdaa2af9359df98243bb93f5d605a0a50045458371",
            "a52706b4ca3e38811fdae58e71c666719a96f5e9b96a9be89e4534bbacc77771"
        ),
        (
            64, "48b5deb7e8dea44a9bddd392cc75a6566c24312ccbb8e460cab077a5732ccc3e",
            "c0256f9bc5068f63a77700ac86d2481816d7aed5da8755ae52c8ebdc02d8ede4"
        ),
        (
            65, "b4a2b71ccca656838ee305d298bd66af8c62815864314a36bad8c924b9a4fc98",
            "e681f01955fcf541c7ea262ee91d89d39a3bd66484c430e874c8b1440a2d825a"
        ),
        (
            119, "d80e17bfb512134785d8f772c11b15f75d0218a02dc1ffa2e493fabe681c5d72",
            "60a4abee3e596b316ad5fdcebeda3d3fb5b944beac86c512481da033d2549306"
        ),
        (
            120, "66353c9e16b8400e14c045111ab9861f934bfb39220fd9fe049c0440547cf703",
            "d73bed926cbaa87ff6eda922848e53821d167c88d6d34ea6b84e8f100c9b712b"
        ),
        (
            16_384, "44b0dfd1e880c8f338befb29cdd8c4e0f618ad3ec13488ca94575613b05697ae",
            "cd5fd17cfae07febce45a72edac8204ea8c6d00db05ff19e0ee4d5c689dc14e5"
        ),
    ]

    @Test(arguments: known) func twoSideBySideAreWhatOthersHave(length: Int, first: String, second: String) {
        let hashes = hashes(of: [1, 2].map { Vectors.content(length: length, seed: $0) })
        #expect(hashes.map(\.hex) == [first, second])
    }

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
        #expect(hashes(of: blocks) == blocks.map { Hash256(SHA256.hash(data: $0)) }, "lengths \(blocks.map(\.count))")
    }

    private func hashes(of blocks: [[UInt8]]) -> [Hash256] {
        // Out of one storage, so that none of them moves meanwhile.
        Array(blocks.joined()).withUnsafeBytes { bytes in
            var start = 0
            return BlockHashing.hashes(
                of: blocks.map { block in
                    defer { start += block.count }
                    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + block.count])
                })
        }
    }
}
