internal import Content
internal import Glibc

/// What a partial file asks of its folder, whose descriptor this is, and of itself.
extension Descriptor {
    /// Opens and locks a file that only this program writes to.
    ///
    /// One that has a second name is unlinked and made anew: a download that was killed while it gave its
    /// file the final name left it, and writing on would write into what the user has by now.
    func openLocked(_ name: String) throws(FileFailure) -> Descriptor {
        for _ in 0..<10 {
            let file = try Descriptor(name, in: self)
            guard try file.lock() else { throw FileFailure(.inUse, path: file.path) }
            let status = try file.status()
            // Whoever held the lock before may have renamed or removed the file.
            guard status.st_nlink > 0, try holds(file, as: name) else { continue }
            guard status.st_nlink > 1 else { return file }
            try remove(name)
        }
        throw FileFailure(.inUse, path: "\(path)/\(name)")
    }

    private func inode(of name: String) throws(FileFailure) -> ino_t? {
        var status = stat()
        do throws(FileFailure) {
            _ = try retried("\(path)/\(name)") { fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) }
        } catch {
            guard error.reason == .missing else { throw error }
            return nil
        }
        return status.st_ino
    }

    func exists(_ name: String) throws(FileFailure) -> Bool { try inode(of: name) != nil }

    /// Whether the folder has this very file under the name, and not another that was put in its place.
    func holds(_ file: Descriptor, as name: String) throws(FileFailure) -> Bool {
        try inode(of: name) == file.status().st_ino
    }

    /// Removes a file of the folder; not being there is fine.
    func remove(_ name: String) throws(FileFailure) {
        do throws(FileFailure) { _ = try retried("\(path)/\(name)") { unlinkat(number, name, 0) } } catch {
            guard error.reason == .missing else { throw error }
        }
    }

    /// Removes a partial file: its record first, which must never stand beside other bytes.
    func removePartial(_ content: ContentID) throws(FileFailure) {
        try remove(HiddenNames.record(content.key))
        try remove(HiddenNames.part(content.key))
    }

    /// Renames within the folder, never over anything that stands there.
    ///
    /// A hard link does that everywhere but on file systems without them (FAT, some network and user space
    /// ones): there most can rename to a name that is free. Where not, the name is taken by an empty file of our own,
    /// which is then replaced at once.
    func rename(_ name: String, to target: String, hardLinks: Bool) throws(FileFailure) {
        guard hardLinks else { return try renameWithoutLinks(name, to: target) }
        let path = "\(path)/\(target)"
        if linkat(number, name, number, target, 0) == 0 { return try remove(name) }
        let code = errno
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EXDEV].contains(code) else {
            throw FileFailure(errno: code, path: path)
        }
        try renameWithoutLinks(name, to: target)
    }

    private func renameWithoutLinks(_ name: String, to target: String) throws(FileFailure) {
        guard try !renameToFree(name, to: target, in: self) else { return }
        let path = "\(path)/\(target)"
        _ = try Descriptor(target, in: self, exclusive: true)
        do throws(FileFailure) {
            _ = try retried(path) { renameat(number, name, number, target) }
        } catch {
            try remove(target)
            throw error
        }
    }

    /// The first bytes of the file, at most so many.
    func prefix(_ length: Int) throws(FileFailure) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
        defer { buffer.deallocate() }
        return Array(buffer.prefix(try read(into: buffer, at: 0)))
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(FileFailure) {
        // Typed throws do not pass through withUnsafeBytes, hence the Result.
        let result: Result<Void, FileFailure> = bytes.withUnsafeBytes { buffer in
            Result { () throws(FileFailure) in try write(buffer, at: offset) }
        }
        try result.get()
    }

    /// Throws where the part of a file that has no blocks yet does not fit on its file system.
    func requireSpace(for size: Int64) throws(FileFailure) {
        var system = statvfs()
        _ = try retried(path) { fstatvfs(number, &system) }
        let free = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        let missing = size - Int64(try status().st_blocks) * 512
        guard missing > 0, !free.overflow, UInt64(missing) > free.partialValue else { return }
        throw FileFailure(.diskFull, path: path)
    }
}
