// GRDB brings Foundation, and with it the module that claims these C types.
import CoreFoundation
import Glibc

/// What tells one state of a file from another without reading it.
package struct FileStamp: Hashable, Sendable {
    package let inode: UInt64
    package let size: Int64
    /// Of the last change of its bytes.
    package let seconds: Int
    package let nanoseconds: Int
    /// Who may read, write and execute it: the nine bits.
    package let mode: UInt32

    /// Nil where there is no file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec, mode: status.st_mode & 0o777)
    }

    package init(inode: UInt64, size: Int64, seconds: Int, nanoseconds: Int, mode: UInt32 = 0o600) {
        self.inode = inode
        self.size = size
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.mode = mode
    }
}
