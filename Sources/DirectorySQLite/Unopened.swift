import Directory
import Foundation

/// Why a database could not be opened: SQLite does not tell.
enum Unopened {
    static func why(_ path: String) -> DirectoryStoreError {
        let folder = (path as NSString).deletingLastPathComponent
        let code =
            failure(of: folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
            // What is missing would have been made.
            ?? ["", "-wal", "-shm"].lazy.compactMap { failure(of: path + $0, O_RDWR) }.first { $0 != ENOENT }
            ?? (access(folder.isEmpty ? "." : folder, W_OK) == 0 ? nil : errno)
        switch code {
        case EACCES, EPERM, EROFS: return .forbidden
        case let code?: return .failed(detail: "it cannot be opened: \(String(cString: strerror(code)))")
        case nil: return .failed(detail: "it cannot be opened")
        }
    }

    /// An `errno`; nil where it can be opened.
    private static func failure(of path: String, _ flags: Int32) -> Int32? {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return nil
        }
        return errno
    }
}
