import Content
import Library
import NIOCore
import Transfer

/// A published file as Transfer wants it.
struct FileSource: ContentSource {
    let file: ServedFile
    let threads: IOThreads

    var hashes: PieceHashes { PieceHashes(file.layer) }

    func read(offset: Int64, length: Int) async throws -> ByteBuffer {
        try await run {
            var buffer = ByteBufferAllocator().buffer(capacity: length)
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { free in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: free[..<length]), at: offset)
                return length
            }
            return buffer
        }
    }

    func leafHashes(of piece: PieceIndex) async throws -> [Hash256] {
        try await run { try file.blockHashes(of: piece) }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await threads.run { _ in try body() }
        } catch let failure as FileFailure {
            throw failure.isChange ? ContentSourceFailure.changed : .unreadable("\(failure.reason)")
        }
    }
}

extension FileFailure {
    /// What was hashed is not there any more, as against: it cannot be read just now.
    var isChange: Bool {
        switch reason {
        case .changed, .missing, .isFolder, .notAFile, .notAFolder: true
        default: false
        }
    }
}
