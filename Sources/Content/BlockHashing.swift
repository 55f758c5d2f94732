internal import CHashing

/// How blocks are hashed: two of the same length side by side where the processor gains by that, one after the other where not.
package enum BlockHashing {
    private static let hashesPairs = bittrickle_hashes_pairs()

    /// The hashes of some blocks, in their order.
    package static func hashes(of blocks: [UnsafeRawBufferPointer]) -> [Hash256] {
        var hashes: [Hash256] = []
        hashes.reserveCapacity(blocks.count)
        for number in stride(from: 0, to: blocks.count - 1, by: 2) {
            let (first, second) = pair(blocks[number], blocks[number + 1])
            hashes.append(first)
            hashes.append(second)
        }
        if let last = blocks.last, hashes.count < blocks.count { hashes.append(Hash256(hashing: last)) }
        return hashes
    }

    static func pair(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> (Hash256, Hash256) {
        guard hashesPairs, first.count == second.count, let firstBytes = first.baseAddress,
            let secondBytes = second.baseAddress
        else { return (Hash256(hashing: first), Hash256(hashing: second)) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * Hash256.byteCount) { digests in
            guard let digest = digests.baseAddress else { preconditionFailure("what has a length has an address") }
            bittrickle_hash_pair(firstBytes, secondBytes, first.count, digest, digest + Hash256.byteCount)
            return (
                Hash256(digest: UnsafeRawBufferPointer(start: digest, count: Hash256.byteCount)),
                Hash256(digest: UnsafeRawBufferPointer(start: digest + Hash256.byteCount, count: Hash256.byteCount))
            )
        }
    }
}
