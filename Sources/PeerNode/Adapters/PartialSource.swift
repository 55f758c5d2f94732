import Content
import Library
import NIOCore
import Transfer

/// What is there of a file that is being fetched, as Transfer wants it: it asks only for verified pieces.
struct PartialSource: ContentSource {
    let file: PartialFile
    let threads: NodeThreads

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        try await threads.reading.serve { try ByteBuffer(reading: length) { try file.read(into: $0, at: offset) } }
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        let geometry = file.geometry
        return try await threads.hashing.serve {
            let data = try ByteBuffer(reading: geometry.length(of: piece)) {
                try file.read(into: $0, at: geometry.offset(of: piece))
            }
            return data.withUnsafeReadableBytes { geometry.blockHashes(of: piece, in: $0) }
        }
    }
}
