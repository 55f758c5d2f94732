package import Content
package import NIOCore
import Synchronization
package import Transfer

/// A content of random bytes, of one file or several, in memory, that can be served and can change.
package final class SimulatedContent: ContentSource {
    /// Those of all files, one after the other.
    package let bytes: [UInt8]
    package let hashes: PieceHashes
    private let buffer: ByteBuffer
    private let leaves: [Hash256]
    private let failure = Mutex<ContentSourceFailure?>(nil)

    /// - Parameter pieceLength: nil for the canonical one.
    package convenience init(size: Int, pieceLength: Int? = nil, using random: inout SeededRandom) throws {
        let bytes = random.content(size)
        self.init(bytes, PieceHashes(try Self.layer(of: bytes[...], pieceLength: pieceLength)))
    }

    private init(_ bytes: [UInt8], _ hashes: PieceHashes) {
        self.bytes = bytes
        self.hashes = hashes
        buffer = ByteBuffer(bytes: bytes)
        let geometry = hashes.layout.geometry
        leaves = (0..<geometry.blockCount).compactMap { geometry.block($0) }.map { block in
            let start = Int(geometry.offset(of: block))
            return Hash256(hashing: bytes[start..<start + geometry.length(of: block)])
        }
    }

    /// A folder of files of these sizes, in their order: the first half in its folder `a`, the others in `b`.
    ///
    /// - Parameter pieceLength: nil for the canonical one.
    package convenience init(fileSizes sizes: [Int], pieceLength: Int? = nil, using random: inout SeededRandom) throws {
        let total = sizes.reduce(0, +)
        let length = pieceLength ?? Geometry.canonicalPieceLength(for: Int64(total))
        let bytes = random.content(total)
        var layers: [PieceLayer] = []
        var files: [FileTreeEntry] = []
        var start = 0
        for (number, size) in sizes.enumerated() {
            let layer = try Self.layer(of: bytes[start..<start + size], pieceLength: length)
            start += size
            layers.append(layer)
            // Names that sort as their numbers do.
            let path = [number < sizes.count / 2 ? "a" : "b", "\(1_000_000 + number)"]
            guard let file = FileTreeEntry(path: path.map { Array($0.utf8) }, content: layer.content) else {
                throw SimulatedContentError.noSuchGeometry
            }
            files.append(file)
        }
        let info = try InfoDictionary.folder(files, pieceLength: length, certificate: [])
        guard let layout = ContentLayout(info), info.files == files else { throw SimulatedContentError.noSuchGeometry }
        self.init(bytes, PieceHashes(layout, layers: layers))
    }

    private static func layer(of bytes: ArraySlice<UInt8>, pieceLength: Int?) throws -> PieceLayer {
        let size = Int64(bytes.count)
        let length = pieceLength ?? Geometry.canonicalPieceLength(for: size)
        guard let geometry = Geometry(size: size, pieceLength: length) else {
            throw SimulatedContentError.noSuchGeometry
        }
        var hasher = ContentHasher(geometry: geometry)
        try bytes.withUnsafeBytes { try hasher.update($0) }
        return try hasher.finish()
    }

    package var layout: ContentLayout { hashes.layout }
    package var geometry: Geometry { layout.geometry }
    /// The first file, or the only one.
    package var content: ContentID { layout.content(of: 0) }

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
