import Content
import Library
import Synchronization

/// Files that were read through because they stood where one was to be fetched, and are the content that was meant: they
/// are not read through again while they have the stamp that they had then.
final class ProvenFiles: Sendable {
    private static let limit = 64

    private let files = Mutex<[ContentID: (path: String, stamp: FileStamp)]>([:])

    subscript(content: ContentID) -> (path: String, stamp: FileStamp)? { files.withLock { $0[content] } }

    func insert(_ content: ContentID, path: String, stamp: FileStamp) {
        files.withLock { files in
            if files.count >= Self.limit { files = [:] }
            files[content] = (path, stamp)
        }
    }
}
