import Glibc

/// Reading and creating the small files of a state directory.
package enum StateFile {
    /// The bytes of a file, nil where there is none.
    package static func read(_ path: String, limit: Int) throws(StartFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .file(path: path, errno: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += part[..<count]
            } else if errno != EINTR {
                throw .file(path: path, errno: errno)
            }
        }
        throw .file(path: path, errno: EFBIG)
    }

    /// Creates a file of mode 0600 that is there wholly or not at all, whenever the process is killed.
    ///
    /// What an earlier attempt left under the temporary name is overwritten.
    ///
    /// - Parameter owner: Whose it is to be; nil for this user.
    static func create(_ name: String, in folder: String, _ bytes: [UInt8], owner: Owner? = nil) throws(StartFailure) {
        let path = "\(folder)/\(name)"
        let temporary = "\(folder)/.\(name).new"
        if unlink(temporary) != 0, errno != ENOENT { throw .file(path: temporary, errno: errno) }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .file(path: temporary, errno: errno) }
        do throws(StartFailure) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: temporary)
            guard fsync(descriptor) == 0 else { throw .file(path: temporary, errno: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        owner?.take(temporary)
        guard rename(temporary, path) == 0 else { throw .file(path: path, errno: errno) }
        try synchronize(folder: folder)
    }

    /// How many bytes a file has that may be read and written, nil where there is none.
    package static func size(_ path: String) throws(StartFailure) -> Int64? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .file(path: path, errno: errno)
        }
        close(descriptor)
        return FileStamp(path: path)?.size
    }

    /// Writes a folder's entries to the disk.
    package static func synchronize(folder: String) throws(StartFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: folder, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file(path: folder, errno: errno) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(StartFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .file(path: path, errno: errno)
            }
            rest = rest.dropFirst(count)
        }
    }
}
