package import Content
package import NIOCore

/// The first 68 bytes that either side of a peer link sends (BEP 3), after TLS.
package struct PeerHandshake: Hashable, Sendable {
    package static let byteCount = 68
    private static let opening = [19] + Array("BitTorrent protocol".utf8)
    /// Where a reserved bit stands: which of the 8 bytes, and its mask.
    private enum Reserved {
        static let extensions = (byte: 5, mask: UInt8(0x10))
        static let fast = (byte: 7, mask: UInt8(0x04))
        static let version2 = (byte: 7, mask: UInt8(0x10))
    }

    /// BEP 10: extended messages.
    package var extensions: Bool
    /// BEP 6: have-all, have-none, reject.
    package var fast: Bool
    /// BEP 52: understands version 2, set by all that do.
    package var version2: Bool
    package var infoHash: TruncatedInfoHash
    package var peerID: PeerID

    package init(
        infoHash: TruncatedInfoHash, peerID: PeerID, extensions: Bool = true, fast: Bool = true, version2: Bool = true
    ) {
        self.infoHash = infoHash
        self.peerID = peerID
        self.extensions = extensions
        self.fast = fast
        self.version2 = version2
    }

    package func encode(into buffer: inout ByteBuffer) {
        var reserved = [UInt8](repeating: 0, count: 8)
        if extensions { reserved[Reserved.extensions.byte] |= Reserved.extensions.mask }
        if fast { reserved[Reserved.fast.byte] |= Reserved.fast.mask }
        if version2 { reserved[Reserved.version2.byte] |= Reserved.version2.mask }
        buffer.writeBytes(Self.opening)
        buffer.writeBytes(reserved)
        buffer.writeBytes(infoHash.bytes)
        buffer.writeBytes(peerID.bytes)
    }

    /// Takes a handshake from the front of the buffer; nil while bytes are missing. Throws as soon as those
    /// that are there cannot be the beginning of one.
    package init?(reading buffer: inout ByteBuffer) throws(PeerHandshakeError) {
        let start = buffer.readableBytesView.prefix(Self.opening.count)
        guard Self.opening.starts(with: start) else { throw .otherProtocol }
        guard buffer.readableBytes >= Self.byteCount, buffer.readBytes(length: Self.opening.count) != nil,
            let reserved = buffer.readBytes(length: 8),
            let infoHash = buffer.readBytes(length: TruncatedInfoHash.byteCount).flatMap({ TruncatedInfoHash($0) }),
            let peerID = buffer.readBytes(length: PeerID.byteCount).flatMap({ PeerID($0) })
        else { return nil }
        self.infoHash = infoHash
        self.peerID = peerID
        extensions = reserved[Reserved.extensions.byte] & Reserved.extensions.mask != 0
        fast = reserved[Reserved.fast.byte] & Reserved.fast.mask != 0
        version2 = reserved[Reserved.version2.byte] & Reserved.version2.mask != 0
    }
}

package enum PeerHandshakeError: Error, Hashable {
    /// The bytes do not begin as BitTorrent's do.
    case otherProtocol
}

/// 20 bytes by which a peer knows its own connections again; says nothing about who it is.
package struct PeerID: Hashable, Sendable {
    package static let byteCount = 20
    /// Program and version, as BEP 20 has it.
    private static let prefix = Array("-BT0001-".utf8)

    package let bytes: [UInt8]

    /// Nil unless there are exactly 20 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// A new one of this program.
    package static func random(using generator: inout some RandomNumberGenerator) -> PeerID {
        PeerID(random: (prefix.count..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    package static func random() -> PeerID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    private init(random tail: [UInt8]) { bytes = Self.prefix + tail }
}
