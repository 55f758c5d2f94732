package import Crypto

/// 32 bytes that SHA-256 made: a Merkle node, an info-hash, a fingerprint.
///
/// Kept as four words rather than an array, so that a layer of a million of them is one allocation.
/// The order is that of the bytes.
package struct Hash256: Hashable, Sendable, Comparable {
    package static let byteCount = 32

    /// 32 zero bytes: the padding leaf of BEP 52, and the root of an empty content.
    package static let zero = Hash256(words: (0, 0, 0, 0))

    private let word0, word1, word2, word3: UInt64

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (word0, word1, word2, word3) = words
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        var position = 0
        for byte in bytes {
            words[position / 8] = words[position / 8] << 8 | UInt64(byte)
            position += 1
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes raw: UnsafeRawBufferPointer) {
        guard raw.count == Self.byteCount else { return nil }
        self.init(digest: raw)
    }

    package init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { Hash256(digest: $0) }
    }

    /// - Parameter raw: 32 bytes.
    init(digest raw: UnsafeRawBufferPointer) {
        self.init(
            words: (
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            ))
    }

    /// The SHA-256 of some bytes.
    package init(hashing bytes: some Sequence<UInt8>) {
        var hasher = SHA256()
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { hasher.update(bufferPointer: .init($0)) }
        if contiguous == nil { hasher.update(data: Array(bytes)) }
        self.init(hasher.finalize())
    }

    package init(hashing bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        self.init(hasher.finalize())
    }

    /// The parent of two Merkle nodes: SHA-256(left ‖ right).
    package init(left: Hash256, right: Hash256) {
        self = withUnsafeBytes(
            of: (
                left.word0.bigEndian, left.word1.bigEndian, left.word2.bigEndian, left.word3.bigEndian,
                right.word0.bigEndian, right.word1.bigEndian, right.word2.bigEndian, right.word3.bigEndian
            )
        ) { Hash256(hashing: $0) }
    }

    /// Calls `body` with the 32 bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian), body)
    }

    package var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    package static func < (left: Hash256, right: Hash256) -> Bool {
        (left.word0, left.word1, left.word2, left.word3) < (right.word0, right.word1, right.word2, right.word3)
    }
}

extension Hash256: CustomStringConvertible {
    /// Nil unless there are exactly 64 hexadecimal digits, of either case.
    package init?(hex: some StringProtocol) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes)
    }

    package var hex: String { bytes.hex }

    /// The first eight hexadecimal digits: enough for people to tell contents apart.
    package var short: String { String(hex.prefix(8)) }

    package var description: String { hex }
}
