import Content
import Library
import Synchronization
import Wire

/// Hashes what others ask for and was not hashed by its own pieces yet: one file at a time, and so few wait that nobody keeps
/// the disk busy by asking for one after the other, or others from having theirs hashed.
final class DemandedHashes: Sendable {
    private static let limit = 8
    private static let perMember = 2

    private let counts = Mutex<[UserName: Int]>([:])

    /// Nil where too many are asked for. Throws ``FileFailure``, ``FileFailure/Reason/changed`` where the file is not what
    /// it was.
    ///
    /// - Parameters:
    ///   - stamp: that it had, when it was this content.
    ///   - member: who asks.
    func hash(
        _ path: String, _ stamp: FileStamp, _ content: ContentID, for member: UserName, _ threads: NodeThreads
    ) async throws -> HashedFile? {
        guard enter(member) else { return nil }
        defer { leave(member) }
        guard try await threads.files.run({ _ in try FileStamp(path: path) == stamp }) else {
            throw FileFailure(.changed, path: path)
        }
        let hashed = try await threads.demanded.hash(path)
        guard hashed.stamp == stamp, hashed.layer.content == content else { throw FileFailure(.changed, path: path) }
        return hashed
    }

    private func enter(_ member: UserName) -> Bool {
        counts.withLock { counts in
            guard counts.values.reduce(0, +) < Self.limit, counts[member, default: 0] < Self.perMember else {
                return false
            }
            counts[member, default: 0] += 1
            return true
        }
    }

    private func leave(_ member: UserName) {
        counts.withLock { counts in
            let rest = counts[member, default: 0] - 1
            counts[member] = rest > 0 ? rest : nil
        }
    }
}
