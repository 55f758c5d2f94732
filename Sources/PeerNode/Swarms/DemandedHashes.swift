import Content
import Library
import Synchronization

/// Hashes what others ask for and was not hashed by its own pieces yet: one file at a time, and so few wait that nobody keeps
/// the disk busy by asking for one after the other.
final class DemandedHashes: Sendable {
    private static let limit = 8

    private let count = Mutex(0)

    /// Nil where too many are asked for. Throws ``FileFailure``, ``FileFailure/Reason/changed`` where the file is not what
    /// it was.
    ///
    /// - Parameters:
    ///   - stamp: that it had, when it was this content.
    func hash(
        _ path: String, _ stamp: FileStamp, _ content: ContentID, _ threads: NodeThreads
    ) async throws -> HashedFile? {
        let isTaken = count.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
        guard isTaken else { return nil }
        defer { count.withLock { $0 -= 1 } }
        guard try await threads.files.run({ _ in try FileStamp(path: path) == stamp }) else {
            throw FileFailure(.changed, path: path)
        }
        let hashed = try await threads.demanded.hash(path)
        guard hashed.stamp == stamp, hashed.layer.content == content else { throw FileFailure(.changed, path: path) }
        return hashed
    }
}
