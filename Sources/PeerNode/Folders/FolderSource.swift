import Content
import Library
import NIOCore
import Transfer
import Wire

/// A whole folder as Transfer wants it.
struct FolderSource: ContentSource {
    let folder: ServedFolder
    let threads: NodeThreads

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        try await threads.reading.serve { try ByteBuffer(reading: length) { try folder.read(into: $0, at: offset) } }
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        try await threads.hashing.serve { try folder.blockHashes(of: piece) }
    }
}

/// What is there of a folder that is being fetched, as Transfer wants it: it asks only for verified pieces.
struct PartialFolderSource: ContentSource {
    let folder: PartialFolder
    let threads: NodeThreads

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        try await threads.reading.serve { try ByteBuffer(reading: length) { try folder.read(into: $0, at: offset) } }
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        let geometry = folder.part.layout.geometry
        return try await threads.hashing.serve {
            let data = try ByteBuffer(reading: geometry.length(of: piece)) {
                try folder.read(into: $0, at: geometry.offset(of: piece))
            }
            return data.withUnsafeReadableBytes { geometry.blockHashes(of: piece, in: $0) }
        }
    }
}

/// A partial folder as Transfer wants it: its calls block, so they run on threads of their own.
struct PartialFolderStore: BlockStore {
    let folder: PartialFolder
    /// Making files takes longer than writing into one, and goes on side by side.
    private let threads = IOThreads(limit: 2, label: "writing")

    init(folder: PartialFolder) { self.folder = folder }

    func write(_ data: [ByteBuffer], at offset: Int64) async throws {
        try await threads.run { _ in try data.withBytes { try folder.write($0, at: offset) } }
    }

    func recordVerified(_ pieces: [PieceIndex]) async throws {
        try await threads.run { _ in try folder.recordVerified(pieces) }
    }
}
