package import Content
internal import Glibc

/// What stands under a name where a download would put its content.
package enum ExistingFile: Hashable, Sendable {
    case absent
    /// The very content: there is nothing to fetch.
    case identical
    /// Another content, or a folder or the like.
    case different

    /// Compares sizes, and where they are equal hashes. Throws ``FileFailure`` where the file is there but
    /// cannot be read, or `CancellationError`.
    package static func compare(
        _ path: String, with content: ContentID, hasher: FileHasher,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> ExistingFile {
        do {
            guard try FileStamp(path: path).size == content.size else { return .different }
            return try await hasher.hash(path, progress: progress).layer.content == content ? .identical : .different
        } catch let failure as FileFailure {
            switch failure.reason {
            // A link that leads nowhere is an entry all the same: nothing may be put in its place.
            case .missing: return isEntry(path) ? .different : .absent
            case .isFolder, .notAFile: return .different
            default: throw failure
            }
        }
    }
}

extension ExistingFile {
    /// Whether anything stands there. Blocks.
    package static func isAny(_ path: String) -> Bool { isEntry(path) }
}

/// Whether anything stands there, be it a link that leads nowhere.
func isEntry(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}
