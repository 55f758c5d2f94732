import Content
import Library
import NodeControl
import Synchronization

/// A file that is here, be it by itself or in a folder, open for being read.
final class WholeFile: FileStream {
    /// In bytes: so much of memory a read takes at most.
    static let readLimit = 1 << 20

    let name: String
    let size: Int64
    /// Nil where there is nothing to read.
    private let bytes: (any PositionedBytes)?
    /// Where the file begins in these.
    private let start: Int64
    private let threads: NodeThreads
    private let changed: @Sendable () async -> Void
    private let isClosed = Atomic(false)

    /// - Parameter changed: Told when the file was found to be another one.
    init(
        _ name: String, size: Int64, bytes: (any PositionedBytes)?, from start: Int64 = 0, threads: NodeThreads,
        changed: @escaping @Sendable () async -> Void = {}
    ) {
        self.name = name
        self.size = size
        self.bytes = bytes
        self.start = start
        self.threads = threads
        self.changed = changed
    }

    func read(at offset: Int64, upTo length: Int) async throws(NodeFailure) -> [UInt8] {
        guard !isClosed.load(ordering: .relaxed) else { throw .cancelled }
        guard let bytes, offset >= 0, offset < size, length > 0 else { return [] }
        let count = Int(min(Int64(min(length, Self.readLimit)), size - offset))
        do {
            return try await threads.reading.run { [start] _ in try bytes.bytes(at: start + offset, count: count) }
        } catch {
            if let failure = error as? FileFailure, failure.isChange { await changed() }
            throw NodeFailure(reading: error)
        }
    }

    func close() async { isClosed.store(true, ordering: .relaxed) }
}
