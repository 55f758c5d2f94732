/// SHA-256 of an info dictionary (BEP 52): what names a swarm.
package struct InfoHash: Hashable, Sendable, CustomStringConvertible {
    package let hash: Hash256

    package init(_ hash: Hash256) { self.hash = hash }

    /// What the peers' handshake carries.
    package var truncated: TruncatedInfoHash { TruncatedInfoHash(self) }

    package var description: String { hash.hex }
}

/// The first 20 bytes of an ``InfoHash``: what fits into fields made for SHA-1.
package struct TruncatedInfoHash: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 20

    package let bytes: [UInt8]

    package init(_ infoHash: InfoHash) { bytes = Array(infoHash.hash.bytes.prefix(Self.byteCount)) }

    /// Nil unless there are exactly 20 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    package var description: String { bytes.hex }
}
