internal import Glibc

/// By what a file is known to be the one that was hashed: as long as no field has changed, neither has a
/// byte.
///
/// The time of the last change of the inode is among them because programs that write into a file may set
/// its modification time back, but not this one. It moves with permissions and links too: a stamp that
/// differs is a reason to hash again, no proof of other bytes.
package struct FileStamp: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// In bytes.
    package let size: Int64
    /// In nanoseconds since 1970.
    package let modified: Int64
    /// When bytes or attributes changed, in nanoseconds since 1970.
    package let changed: Int64

    package init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Under whatever name, and whatever is in it.
    package func isOfSameFile(as other: FileStamp) -> Bool { device == other.device && inode == other.inode }

    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
    }

    /// Times beyond 2262, which anybody may set, wrap: they are only ever compared for being equal.
    static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Of a regular file, links followed.
    package init(path: String) throws(FileFailure) {
        self.init(try Self.regularFile(path))
    }

    /// Of a folder that has so many bytes in its files. What is in it can change without it.
    package init(folder path: String, size: Int64) throws(FileFailure) {
        var status = stat()
        _ = try retried(path) { stat(path, &status) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileFailure(.notAFolder, path: path) }
        let stamp = FileStamp(status)
        self.init(
            device: stamp.device, inode: stamp.inode, size: size, modified: stamp.modified, changed: stamp.changed)
    }

    /// The status of what the path leads to, which is never opened: opening a pipe or a device can wait, or
    /// do something.
    static func regularFile(_ path: String) throws(FileFailure) -> stat {
        var status = stat()
        _ = try retried(path) { stat(path, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return status
        case S_IFDIR: throw FileFailure(.isFolder, path: path)
        default: throw FileFailure(.notAFile, path: path)
        }
    }
}
