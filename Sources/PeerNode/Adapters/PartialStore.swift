import Content
import Library
import NIOCore
import Transfer
import Wire

/// A partial file as Transfer wants it: its calls block, so they run on threads of their own.
struct PartialStore: BlockStore {
    let file: PartialFile
    /// One thread of its own: the kernel lets one at a time write to a file, and a second would only spin for its turn.
    private let threads = IOThreads(limit: 1, label: "writing")

    init(file: PartialFile) { self.file = file }

    func write(_ data: [ByteBuffer], at offset: Int64) async throws {
        try await threads.run { _ in try data.withBytes { try file.write($0, at: offset) } }
    }

    func recordVerified(_ pieces: [PieceIndex]) async throws {
        try await threads.run { _ in try file.recordVerified(pieces) }
    }
}
