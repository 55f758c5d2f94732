import Foundation

/// Whether a disk has room: SQLite tells a full one from a broken one only where it writes pages.
enum DiskSpace {
    /// No block, or no file, is left to this user on the disk of a file's folder.
    static func isUsedUp(at path: String) -> Bool {
        let folder = (path as NSString).deletingLastPathComponent
        var status = statvfs()
        guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return false }
        return status.f_bavail == 0 || status.f_files > 0 && status.f_favail == 0
    }
}
