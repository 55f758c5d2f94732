internal import Crypto

/// Hashes a content of known size from its first byte to its last, in one pass and straight from the
/// caller's buffers, into its identity and piece layer.
///
/// Holds the piece layer, one node a layer of the piece under way, and one SHA-256 state.
package struct ContentHasher {
    package let geometry: Geometry
    /// Bytes hashed so far.
    package private(set) var position: Int64 = 0

    private var block = SHA256()
    private var piece = MerkleFold()
    private var pieces: [Hash256] = []
    private var all: MerkleFold

    /// - Parameter geometry: of one file.
    package init(geometry: Geometry) {
        precondition(geometry.fileCount == 1, "files are hashed one by one")
        self.geometry = geometry
        all = MerkleFold(layer: geometry.verificationLayer)
        pieces.reserveCapacity(geometry.pieceCount)
    }

    /// Takes the next bytes; throws where there are more than the geometry's size.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(ContentHasherError) {
        guard Int64(bytes.count) <= geometry.size - position else { throw .longer }
        var rest = bytes
        while !rest.isEmpty {
            if rest.count >= 2 * Geometry.blockLength, position % Int64(Geometry.blockLength) == 0 {
                takePair(rest)
                rest = UnsafeRawBufferPointer(rebasing: rest[(2 * Geometry.blockLength)...])
                continue
            }
            let filled = Int(position % Int64(Geometry.blockLength))
            let part = min(Geometry.blockLength - filled, rest.count)
            block.update(bufferPointer: UnsafeRawBufferPointer(rebasing: rest[..<part]))
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            position += Int64(part)
            if filled + part == Geometry.blockLength || position == geometry.size { finishBlock() }
        }
    }

    package mutating func update(_ bytes: [UInt8]) throws(ContentHasherError) {
        // Typed throws do not pass through withUnsafeBytes, hence the Result.
        let result: Result<Void, ContentHasherError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(ContentHasherError) in try update(buffer) }
        }
        try result.get()
    }

    /// The layer, and with it the identity; throws where bytes are missing.
    package consuming func finish() throws(ContentHasherError) -> PieceLayer {
        guard position == geometry.size else { throw .shorter }
        guard let shape = TreeShape(of: geometry) else {
            return PieceLayer(proven: [], of: .empty, geometry: geometry)
        }
        let root = all.root(at: shape.height)
        guard let content = ContentID(root: root, size: geometry.size) else { throw .shorter }
        return PieceLayer(proven: pieces, of: content, geometry: geometry)
    }

    /// The two blocks with which these bytes begin.
    private mutating func takePair(_ bytes: UnsafeRawBufferPointer) {
        let length = Geometry.blockLength
        let (first, second) = BlockHashing.pair(
            UnsafeRawBufferPointer(rebasing: bytes[..<length]),
            UnsafeRawBufferPointer(rebasing: bytes[length..<2 * length]))
        for hash in [first, second] {
            position += Int64(length)
            append(hash)
        }
    }

    private mutating func finishBlock() {
        let hash = Hash256(block.finalize())
        block = SHA256()
        append(hash)
    }

    private mutating func append(_ block: Hash256) {
        piece.append(block)
        guard piece.count == geometry.blocksPerPiece || position == geometry.size else { return }
        let root = piece.root(at: geometry.verificationLayer)
        pieces.append(root)
        all.append(root)
        piece.removeAll()
    }
}

/// The bytes were not as many as said: a file that grows or shrinks while it is read.
package enum ContentHasherError: Error, Hashable {
    case longer
    case shorter
}
