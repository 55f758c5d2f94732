import Foundation

/// How large files are, and whether a disk has room: SQLite tells a full one from a broken one only where it writes pages.
enum DiskSpace {
    /// In bytes, of a file; 0 where there is none.
    static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// No block, or no file, is left to this user on the disk of a file's folder.
    static func isUsedUp(at path: String) -> Bool {
        let folder = (path as NSString).deletingLastPathComponent
        var status = statvfs()
        guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return false }
        return status.f_bavail == 0 || status.f_files > 0 && status.f_favail == 0
    }
}
