/// SHA-256 of an info dictionary (BEP 52): what names a swarm.
package struct InfoHash: Hashable, Sendable, CustomStringConvertible {
    package let hash: Hash256

    package init(_ hash: Hash256) { self.hash = hash }

    /// What the peers' handshake carries.
    package var truncated: TruncatedInfoHash { TruncatedInfoHash(self) }

    package var description: String { hash.hex }
}

/// The first 20 bytes of an ``InfoHash``: what fits into fields made for SHA-1.
///
/// Kept as words rather than an array: a tracker looks one up for each announce.
package struct TruncatedInfoHash: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 20

    private let front, middle: UInt64
    private let back: UInt32

    package init(_ infoHash: InfoHash) {
        self = infoHash.hash.withBytes { Self(words: $0) }
    }

    /// Nil unless there are exactly 20 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { Self(words: $0) }
    }

    /// Nil unless there are exactly 20 bytes.
    package init?(bytes raw: UnsafeRawBufferPointer) {
        guard raw.count == Self.byteCount else { return nil }
        self.init(words: raw)
    }

    /// - Parameter raw: At least 20 bytes.
    private init(words raw: UnsafeRawBufferPointer) {
        front = raw.loadUnaligned(as: UInt64.self)
        middle = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        back = raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: front) { Array($0) } + withUnsafeBytes(of: middle) { Array($0) }
            + withUnsafeBytes(of: back) { Array($0) }
    }

    package var description: String { bytes.hex }
}
