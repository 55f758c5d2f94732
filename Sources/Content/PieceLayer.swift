/// What each piece of a content must hash to: the layer of its Merkle tree where a node covers a piece,
/// proven against the root.
///
/// A content of one piece has its root as the only hash; an empty one has none.
package struct PieceLayer: Hashable, Sendable {
    package let content: ContentID
    package let geometry: Geometry
    /// One a piece.
    package let hashes: [Hash256]

    /// Proves the hashes against the content's root. Takes one SHA-256 of 64 bytes a piece.
    package init(
        verifying hashes: [Hash256], of content: ContentID, pieceLength: Int
    ) throws(PieceLayerError) {
        guard let geometry = Geometry(size: content.size, pieceLength: pieceLength) else { throw .pieceLength }
        guard hashes.count == geometry.pieceCount else {
            throw .count(expected: geometry.pieceCount, found: hashes.count)
        }
        if let shape = TreeShape(of: geometry) {
            var fold = MerkleFold(layer: geometry.verificationLayer)
            for hash in hashes { fold.append(hash) }
            guard fold.root(at: shape.height) == content.root else { throw .mismatch }
        }
        self.init(proven: hashes, of: content, geometry: geometry)
    }

    /// Takes what ``encoded`` made, or a value of `piece layers`, and proves it.
    package init(
        decoding bytes: some RandomAccessCollection<UInt8>, of content: ContentID, pieceLength: Int
    ) throws(PieceLayerError) {
        guard bytes.count.isMultiple(of: Hash256.byteCount) else { throw .truncated }
        var hashes: [Hash256] = []
        hashes.reserveCapacity(bytes.count / Hash256.byteCount)
        var rest = bytes[...]
        while let hash = Hash256(rest.prefix(Hash256.byteCount)) {
            hashes.append(hash)
            rest = rest.dropFirst(Hash256.byteCount)
        }
        try self.init(verifying: hashes, of: content, pieceLength: pieceLength)
    }

    /// The layer of a content that is one piece, or none: it needs no proof. Nil where there are more.
    package init?(ofSmall content: ContentID, pieceLength: Int) {
        guard let geometry = Geometry(size: content.size, pieceLength: pieceLength), geometry.pieceCount <= 1
        else { return nil }
        self.init(proven: geometry.pieceCount == 0 ? [] : [content.root], of: content, geometry: geometry)
    }

    init(proven hashes: [Hash256], of content: ContentID, geometry: Geometry) {
        self.content = content
        self.geometry = geometry
        self.hashes = hashes
    }

    package subscript(piece: PieceIndex) -> Hash256 { hashes[piece.value] }

    /// Whether the hashes of all blocks of a piece, first to last, make the hash of the piece.
    package func matches(_ piece: PieceIndex, blockHashes: some Collection<Hash256>) -> Bool {
        guard blockHashes.count == geometry.blocks(of: piece).count else { return false }
        var fold = MerkleFold()
        for hash in blockHashes { fold.append(hash) }
        return fold.root(at: geometry.verificationLayer) == self[piece]
    }

    /// All hashes one after the other: a value of `piece layers` (BEP 52) where there is more than one.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Hash256.byteCount)
        for hash in hashes { hash.withBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }
}

/// Why hashes are not the piece layer of a content.
package enum PieceLayerError: Error, Hashable {
    /// Not a power of two of at least 16 KiB.
    case pieceLength
    /// Not a multiple of 32 bytes.
    case truncated
    case count(expected: Int, found: Int)
    /// They do not make the root.
    case mismatch
}
