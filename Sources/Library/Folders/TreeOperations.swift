internal import CFiles
internal import Glibc

/// What a partial folder asks of the folder that it is in, whose descriptor this is, and of its files.
extension Descriptor {
    /// Deeper than any folder of ours; each level takes a descriptor.
    private static var deepest: Int { 256 }

    func removeTree(_ name: String) throws(FileFailure) { try removeTree(Array(name.utf8)) }

    /// Removes a folder of this folder with all that is in it, or a file; not being there is fine, and no longer being
    /// so: another program may do the same. Links are removed, not followed.
    func removeTree(_ name: [UInt8], below depth: Int = 0) throws(FileFailure) {
        let code = name.withName { unlinkat(number, $0, 0) == 0 ? 0 : errno }
        guard code != 0, code != ENOENT else { return }
        guard code == EISDIR || code == EPERM else {
            throw FileFailure(errno: code, path: "\(path)/\(String(decoding: name, as: UTF8.self))")
        }
        guard depth < Self.deepest else { throw FileFailure(.tooDeep, path: path) }
        do throws(FileFailure) {
            let inner = try Descriptor(folder: name, in: self)
            for entry in try inner.entryNames() { try inner.removeTree(entry, below: depth + 1) }
            _ = try retried(inner.path) { name.withName { unlinkat(number, $0, AT_REMOVEDIR) } }
        } catch {
            guard error.reason == .missing else { throw error }
        }
    }

    /// Whether there is a folder of that name; a link to one is none.
    func isFolder(_ name: String) throws(FileFailure) -> Bool {
        var status = stat()
        do throws(FileFailure) {
            _ = try retried("\(path)/\(name)") { fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
        } catch {
            guard error.reason == .missing else { throw error }
            return false
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// Renames a file or folder of this folder, never over anything that stands there.
    func renameNew(_ name: String, to target: String, in folder: Descriptor) throws(FileFailure) {
        guard try !renameToFree(name, to: target, in: folder) else { return }
        // A moment remains in which another program could take the name.
        let path = "\(folder.path)/\(target)"
        guard try !folder.exists(target) else { throw FileFailure(.exists, path: path) }
        _ = try retried(path) { renameat(number, name, folder.number, target) }
    }

    /// The same, and false where the file system cannot tell by itself whether the name is free: then nothing happened.
    func renameToFree(_ name: String, to target: String, in folder: Descriptor) throws(FileFailure) -> Bool {
        do throws(FileFailure) {
            _ = try retried("\(folder.path)/\(target)") {
                renameat2(number, name, folder.number, target, BITTRICKLE_RENAME_NOREPLACE)
            }
            return true
        } catch {
            guard [.system(EINVAL), .system(ENOSYS)].contains(error.reason) else { throw error }
            return false
        }
    }

    /// Of a regular file of this folder.
    func stamp(of name: String) throws(FileFailure) -> FileStamp { try Descriptor(reading: name, in: self).stamp() }

    /// Throws where so many bytes do not fit on the file system.
    func requireFree(_ size: Int64) throws(FileFailure) {
        var system = statvfs()
        _ = try retried(path) { fstatvfs(number, &system) }
        let free = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        guard size > 0, !free.overflow, UInt64(size) > free.partialValue else { return }
        throw FileFailure(.diskFull, path: path)
    }

    /// Copies the file's bytes into an empty file. The kernel does it, sharing blocks where the file system can; where
    /// it cannot between these two, they pass through memory.
    func copyAll(to target: Descriptor, size: Int64, flag: CancellationFlag) throws {
        var done: Int64 = 0
        while done < size {
            try flag.check()
            var from = done
            var to = done
            let count = copy_file_range(number, &from, target.number, &to, min(Int(size - done), 64 << 20), 0)
            if count > 0 {
                done += Int64(count)
                continue
            }
            guard count < 0 else { throw FileFailure(.changed, path: path) }
            guard errno != EINTR else { continue }
            guard [EXDEV, EINVAL, EOPNOTSUPP, ENOSYS].contains(errno) else {
                throw FileFailure(errno: errno, path: target.path)
            }
            return try copyThroughMemory(to: target, from: done, size: size, flag: flag)
        }
    }

    private func copyThroughMemory(
        to target: Descriptor, from start: Int64, size: Int64, flag: CancellationFlag
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileHasher.bufferLength, alignment: 4_096)
        defer { buffer.deallocate() }
        var done = start
        while done < size {
            try flag.check()
            let count = try read(into: buffer, at: done)
            guard count > 0 else { throw FileFailure(.changed, path: path) }
            try target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: done)
            done += Int64(count)
        }
    }
}
