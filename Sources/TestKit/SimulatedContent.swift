package import Content
package import NIOCore
import Synchronization
package import Transfer

/// A content of random bytes, in memory, that can be served and can change.
package final class SimulatedContent: ContentSource {
    package let bytes: [UInt8]
    package let layer: PieceLayer
    private let buffer: ByteBuffer
    private let leaves: [Hash256]
    private let failure = Mutex<ContentSourceFailure?>(nil)

    /// - Parameter pieceLength: nil for the canonical one.
    package init(size: Int, pieceLength: Int? = nil, using random: inout SeededRandom) throws {
        bytes = random.content(size)
        guard let content = ContentID(root: Hash256(hashing: [1]), size: Int64(size)),
            let geometry = pieceLength.map({ Geometry(size: Int64(size), pieceLength: $0) })
                ?? Geometry(canonicalFor: content)
        else { throw SimulatedContentError.noSuchGeometry }
        var hasher = ContentHasher(geometry: geometry)
        try hasher.update(bytes)
        layer = try hasher.finish()
        buffer = ByteBuffer(bytes: bytes)
        leaves = [Int](stride(from: 0, to: size, by: Geometry.blockLength)).map { [bytes] start in
            Hash256(hashing: bytes[start..<min(start + Geometry.blockLength, size)])
        }
    }

    package var content: ContentID { layer.content }
    package var geometry: Geometry { layer.geometry }

    /// From now on the source says this instead of giving bytes.
    package func fail(with failure: ContentSourceFailure) { self.failure.withLock { $0 = failure } }

    package func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return ByteBuffer(bytes: bytes[Int(offset)..<Int(offset) + length])
    }

    package func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return geometry.blocks(of: piece).map { leaf($0.value) }
    }

    /// Without copying.
    package func slice(from offset: Int64, length: Int) -> ByteBuffer {
        buffer.getSlice(at: Int(offset), length: length) ?? ByteBuffer()
    }

    /// What a block hashes to.
    package func leaf(_ block: Int) -> Hash256 { leaves[block] }

    package func bytes(of block: BlockIndex) -> ArraySlice<UInt8> {
        let start = Int(geometry.offset(of: block))
        return bytes[start..<start + geometry.length(of: block)]
    }
}

package enum SimulatedContentError: Error {
    case noSuchGeometry
    case noSuchName
}

extension SeededRandom {
    /// Bytes by the word: megabytes take milliseconds.
    package mutating func content(_ count: Int) -> [UInt8] {
        var words: [UInt64] = []
        words.reserveCapacity(count / 8 + 1)
        for _ in 0..<count / 8 + 1 { words.append(next()) }
        return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
}
