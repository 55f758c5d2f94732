import Glibc

/// Why a file of the state directory cannot be used, as part of a sentence.
package struct StateFileFailure: Error, Hashable {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    init(path: String, errno code: Int32) {
        self.init(path: path, reason: String(cString: strerror(code)))
    }
}

/// Small files that are whole or not there, readable by their owner alone. All calls block.
enum StateFile {
    /// Nil where there is none.
    static func read(_ path: String) throws(StateFileFailure) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw StateFileFailure(path: path, errno: errno)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw StateFileFailure(path: path, errno: errno)
            }
            bytes += chunk[..<count]
        }
    }

    /// Replaces the file: whoever reads sees the old or the new one, also after a power failure.
    static func write(_ bytes: [UInt8], to path: String) throws(StateFileFailure) {
        let folder = try makeFolder(of: path)
        let draft = "\(path).\(getpid()).new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StateFileFailure(path: draft, errno: errno) }
        let code = writeAll(bytes, to: file)
        close(file)
        guard code == 0, rename(draft, path) == 0 else {
            let failure = StateFileFailure(path: path, errno: code == 0 ? errno : code)
            unlink(draft)
            throw failure
        }
        sync(folder)
    }

    /// Opens a lock file and waits for its lock, which goes when the descriptor is closed.
    static func lock(_ path: String) throws(StateFileFailure) -> Int32 {
        _ = try makeFolder(of: path)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StateFileFailure(path: path, errno: errno) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let failure = StateFileFailure(path: path, errno: errno)
                close(file)
                throw failure
            }
        }
        return file
    }

    /// Zero, or why not.
    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return fsync(file) == 0 ? 0 : errno
    }

    private static func makeFolder(of path: String) throws(StateFileFailure) -> String {
        let parts = path.split(separator: "/").dropLast()
        var folder = ""
        for part in parts {
            folder += "/\(part)"
            if mkdir(folder, 0o700) != 0, errno != EEXIST, access(folder, X_OK) != 0 {
                throw StateFileFailure(path: folder, errno: errno)
            }
        }
        return folder
    }

    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
