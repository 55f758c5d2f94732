import CFiles
import CoreFoundation
import Glibc

/// A file that is made under another name beside its own, and gets its own when it is whole and on the disk.
struct WholeFile {
    let path: String
    /// Where it is made, mode 0600.
    let temporary: String
    private let folder: String

    /// Makes it, empty.
    init(_ path: String) throws(StartFailure) {
        self.path = path
        (folder, temporary) = Self.place(of: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .file(path: path, errno: errno) }
        close(descriptor)
    }

    private static func place(of path: String) -> (folder: String, temporary: String) {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return (folder, "\(folder)/.\(name).new-\(getpid())")
    }

    /// What this process has made of it: the process is about to be ended.
    static func abandon(_ path: String) { unlink(place(of: path).temporary) }

    /// - Returns: False, and nothing is changed, where there is a file of that name, which it may not replace.
    func finish(replacing: Bool) throws(StartFailure) -> Bool {
        let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file(path: path, errno: errno) }
        guard replacing || renameat2(AT_FDCWD, temporary, AT_FDCWD, path, BITTRICKLE_RENAME_NOREPLACE) != 0 else {
            try StateFile.synchronize(folder: folder)
            return true
        }
        if !replacing {
            if errno == EEXIST { return false }
            // A file system that does not know that.
            guard errno == EINVAL else { throw .file(path: path, errno: errno) }
            if access(path, F_OK) == 0 { return false }
        }
        guard rename(temporary, path) == 0 else { throw .file(path: path, errno: errno) }
        try StateFile.synchronize(folder: folder)
        return true
    }

    /// Where it did not come to an end.
    func remove() { unlink(temporary) }
}
