internal import Glibc

/// Which folder it is, by whatever path.
struct FolderIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Of the folder that stands at the path itself; a link to one is none.
    init(itself path: String) throws(FileFailure) {
        var status = stat()
        _ = try retried(path) { lstat(path, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self.init(status)
        case S_IFLNK: throw FileFailure(.isLink, path: path)
        default: throw FileFailure(.notAFolder, path: path)
        }
    }

    /// Nil where there is nothing at the path.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether it is this folder, or one somewhere in it.
    func holds(_ folder: Descriptor) throws(FileFailure) -> Bool {
        var path = "."
        var last: FolderIdentity?
        while true {
            var status = stat()
            _ = try retried(folder.path) { fstatat(folder.number, path, &status, 0) }
            let current = FolderIdentity(status)
            if current == self { return true }
            // The root is its own parent.
            if current == last { return false }
            last = current
            path += "/.."
        }
    }
}
