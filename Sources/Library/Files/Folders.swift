internal import Content
internal import Glibc

/// Folders that the user alone may look into. All calls block.
package enum Folders {
    /// Makes those of the path that are missing.
    static func make(_ path: String) throws(FileFailure) {
        var folder = ""
        for component in path.pathParts {
            folder += "/\(component)"
            guard mkdir(folder, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || code == EISDIR || exists(folder) else {
                throw FileFailure(errno: code, path: folder)
            }
        }
    }

    /// Of a file in a folder, given by the names on the way to it.
    package static func path(_ components: [[UInt8]], below folder: String) -> String {
        components.reduce(folder) { "\($0)/\(String(decoding: $1, as: UTF8.self))" }
    }

    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is certainly none; one that may not be looked at is none that is missing.
    package static func isMissing(_ path: String) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT != S_IFDIR }
        return errno == ENOENT || errno == ENOTDIR
    }

    /// Of the path itself; a link to a folder is none.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Without links and `..` on the way; the path itself where nothing is there.
    package static func real(_ path: String) -> String {
        guard let place = realpath(path, nil) else { return path }
        defer { free(place) }
        return String(cString: place)
    }

    /// Where a link leads that stands at the path; the path itself where none does, or it leads nowhere.
    package static func resolved(_ path: String) -> String {
        guard isLink(path), let place = realpath(path, nil) else { return path }
        defer { free(place) }
        return String(cString: place)
    }
}
