internal import Glibc

extension FileFailure {
    /// Nothing, or something else, stands where a regular file was.
    var isAbsence: Bool {
        switch reason {
        case .missing, .notAFile, .notAFolder, .isFolder, .isLink: true
        default: false
        }
    }

    /// Whether the file or folder that had this stamp is gone, as far as anybody can tell, and not merely out of reach: a
    /// disk that is not mounted and a folder that may not be read are no deletions. Blocks.
    package func meansGone(_ stamp: FileStamp) -> Bool {
        switch reason {
        case .isFolder, .notAFile, .isLink: true
        case .missing, .notAFolder: Self.deviceOfNearestFolder(of: path) == stamp.device
        default: false
        }
    }

    /// The device of the innermost folder of a path that is there.
    private static func deviceOfNearestFolder(of path: String) -> UInt64? {
        var folder = Substring(path)
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            var status = stat()
            if stat(folder.isEmpty ? "/" : String(folder), &status) == 0 { return UInt64(status.st_dev) }
        }
        return nil
    }
}
