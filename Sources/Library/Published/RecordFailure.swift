internal import GRDB
internal import Glibc

/// Why the record of published files cannot be used.
package enum RecordFailure: Error, Hashable {
    /// The file is not what this program wrote: the disk or another program has spoiled it.
    case damaged(path: String)
    case unusable(FileFailure)

    init(_ error: DatabaseError, path: String) {
        let reason: FileFailure.Reason
        switch error.resultCode.primaryResultCode {
        // A logic error is a table that is missing or another than ours.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR:
            self = .damaged(path: path)
            return
        case .SQLITE_FULL: reason = .diskFull
        case .SQLITE_READONLY: reason = .readOnly
        case .SQLITE_BUSY, .SQLITE_LOCKED: reason = .inUse
        case .SQLITE_CANTOPEN, .SQLITE_PERM: reason = Self.isDiskFull(path) ? .diskFull : Self.whyNotOpened(path)
        // Sharing memory on a full disk fails like a device that is broken.
        default: reason = Self.isDiskFull(path) ? .diskFull : .broken
        }
        self = .unusable(FileFailure(reason, path: path))
    }

    /// No block, or no file, is left to this user on the disk of a file's folder: there may be no such file.
    private static func isDiskFull(_ path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return false }
        return status.f_bavail == 0 || status.f_files > 0 && status.f_favail == 0
    }

    /// SQLite does not tell.
    private static func whyNotOpened(_ path: String) -> FileFailure.Reason {
        do throws(FileFailure) {
            _ = try Descriptor(reading: path)
            return .permissionDenied
        } catch {
            return error.reason == .missing ? .permissionDenied : error.reason
        }
    }
}
