internal import CFiles
internal import Glibc

/// An open file, closed when the last user lets go of it. All calls block.
final class Descriptor: Sendable {
    /// As many as the system takes (`IOV_MAX`).
    private static let partsAtOnce = max(1, sysconf(Int32(_SC_IOV_MAX)))

    let number: Int32
    /// For failures.
    let path: String

    /// Opens a regular file for reading.
    init(reading path: String) throws(FileFailure) {
        _ = try FileStamp.regularFile(path)
        // What was a file a moment ago may be a pipe by now.
        number = try retried(path) { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        self.path = path
        guard try status().st_mode & S_IFMT == S_IFREG else { throw FileFailure(.notAFile, path: path) }
    }

    init(folder path: String) throws(FileFailure) {
        number = try retried(path) { open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
        self.path = path
    }

    /// Opens the folder that stands at the path itself; a link to one is none.
    init(folderItself path: String) throws(FileFailure) {
        do throws(FileFailure) {
            number = try retried(path) { open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW) }
        } catch {
            // The system calls a link no folder.
            throw isLink(path) ? FileFailure(.isLink, path: path) : error
        }
        self.path = path
    }

    /// Opens a folder in a folder; a link to one is none.
    convenience init(folder name: String, in folder: Descriptor) throws(FileFailure) {
        try self.init(folder: Array(name.utf8), in: folder)
    }

    /// Opens a folder in a folder, whose name may be no text; a link to one is none.
    init(folder name: [UInt8], in folder: Descriptor) throws(FileFailure) {
        let path = "\(folder.path)/\(String(decoding: name, as: UTF8.self))"
        number = try retried(path) {
            name.withName { openat(folder.number, $0, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW) }
        }
        self.path = path
    }

    /// Opens a regular file in a folder for reading; a link to one is none.
    init(reading name: String, in folder: Descriptor) throws(FileFailure) {
        let path = "\(folder.path)/\(name)"
        do throws(FileFailure) {
            number = try retried(path) {
                openat(folder.number, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
            }
        } catch {
            throw error.reason == .system(ELOOP) ? FileFailure(.isLink, path: path) : error
        }
        self.path = path
        guard try status().st_mode & S_IFMT == S_IFREG else { throw FileFailure(.notAFile, path: path) }
    }

    /// Opens a file of a folder for reading and writing, made where it is missing. Links are not followed: in
    /// a folder that others may write to, one could lead anywhere.
    init(
        _ name: String, in folder: Descriptor, exclusive: Bool = false, mode: mode_t = 0o666
    ) throws(FileFailure) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | (exclusive ? O_EXCL : 0)
        let path = "\(folder.path)/\(name)"
        do throws(FileFailure) {
            number = try retried(path) { openat(folder.number, name, flags, mode) }
        } catch {
            throw error.reason == .system(ELOOP) ? FileFailure(.isLink, path: path) : error
        }
        self.path = path
        guard try status().st_mode & S_IFMT == S_IFREG else { throw FileFailure(.notAFile, path: path) }
    }

    deinit { close(number) }

    func status() throws(FileFailure) -> stat {
        var status = stat()
        _ = try retried(path) { fstat(number, &status) }
        return status
    }

    func stamp() throws(FileFailure) -> FileStamp { FileStamp(try status()) }

    /// Reads until the buffer is full or the file ends; gives the bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let position = off_t(offset) + off_t(done)
            let count = try retried(path) { pread(number, rest.baseAddress, rest.count, position) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileFailure) {
        try write(ScatteredBytes([bytes]), at: offset)
    }

    func write(_ bytes: ScatteredBytes, at offset: Int64) throws(FileFailure) {
        var rest = bytes
        var position = off_t(offset)
        while !rest.isEmpty {
            let parts = rest.vectors(upTo: Self.partsAtOnce)
            let done = try retried(path) { pwritev(number, parts, Int32(parts.count), position) }
            position += off_t(done)
            rest.removeFirst(done)
        }
    }

    /// Bytes, and what is needed to find them again, are on the disk when this returns.
    func syncData() throws(FileFailure) { _ = try retried(path) { fdatasync(number) } }
    func sync() throws(FileFailure) { _ = try retried(path) { fsync(number) } }

    /// All of the file system that this is on is on the disk when this returns.
    func syncFileSystem() throws(FileFailure) { _ = try retried(path) { syncfs(number) } }

    func resize(to size: Int64) throws(FileFailure) { _ = try retried(path) { ftruncate(number, off_t(size)) } }

    /// False where another open file of this one holds the lock. Goes when the file is closed, and so with
    /// the process.
    func lock() throws(FileFailure) -> Bool {
        do throws(FileFailure) { _ = try retried(path) { flock(number, LOCK_EX | LOCK_NB) } } catch {
            guard error.reason == .system(EWOULDBLOCK) else { throw error }
            return false
        }
        return true
    }

    /// Others may lock it from now on.
    func unlock() { _ = flock(number, LOCK_UN) }
}
