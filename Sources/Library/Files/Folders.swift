internal import Glibc

/// Folders that the user alone may look into. All calls block.
package enum Folders {
    /// Makes those of the path that are missing.
    static func make(_ path: String) throws(FileFailure) {
        var folder = ""
        for component in path.split(separator: "/") {
            folder += "/\(component)"
            guard mkdir(folder, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || code == EISDIR || exists(folder) else {
                throw FileFailure(errno: code, path: folder)
            }
        }
    }

    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
