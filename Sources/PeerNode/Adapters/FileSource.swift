import Content
import Library
import NIOCore
import Transfer

/// A whole file as Transfer wants it.
struct FileSource: ContentSource {
    let file: ServedFile
    let threads: NodeThreads

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        try await threads.reading.serve { try ByteBuffer(reading: length) { try file.read(into: $0, at: offset) } }
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        try await threads.hashing.serve { try file.blockHashes(of: piece) }
    }
}

extension IOThreads {
    /// Runs what reads a source; its failures are told as Transfer knows them.
    func serve<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await run { _ in try body() }
        } catch let failure as FileFailure {
            throw failure.isChange ? ContentSourceFailure.changed : .unreadable("\(failure.reason)")
        }
    }
}

extension ByteBuffer {
    /// So many bytes, which `read` fills in.
    init(reading length: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        self = ByteBufferAllocator().buffer(capacity: length)
        try writeWithUnsafeMutableBytes(minimumWritableBytes: length) { free in
            try read(UnsafeMutableRawBufferPointer(rebasing: free[..<length]))
            return length
        }
    }
}

extension FileFailure {
    /// What was hashed is not there any more, as against: it cannot be read just now.
    var isChange: Bool {
        switch reason {
        case .changed, .missing, .isFolder, .notAFile, .notAFolder, .isLink: true
        default: false
        }
    }
}
