internal import Content
internal import Glibc

/// Small files that are whole or not there, readable by their owner alone. All calls block.
package enum StateFile {
    /// Nil where there is none.
    package static func read(_ path: String) throws(FileFailure) -> [UInt8]? {
        let file: Descriptor
        do throws(FileFailure) {
            file = try Descriptor(reading: path)
        } catch {
            guard error.reason == .missing || error.reason == .notAFolder else { throw error }
            return nil
        }
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { chunk.deallocate() }
        while true {
            let count = try file.read(into: chunk, at: Int64(bytes.count))
            bytes += chunk[..<count]
            if count < chunk.count { return bytes }
        }
    }

    /// Replaces the file: whoever reads sees the old or the new one, also after a power failure. Makes the folders
    /// that are missing.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
        let (folder, name) = try place(of: path)
        let draft = "\(name).\(getpid()).new"
        do throws(FileFailure) {
            let file = try Descriptor(draft, in: folder, mode: 0o600)
            try file.resize(to: 0)
            try bytes.withUnsafeBufferPointer { bytes throws(FileFailure) in
                try file.write(UnsafeRawBufferPointer(bytes), at: 0)
            }
            try file.sync()
            _ = try retried(path) { renameat(folder.number, draft, folder.number, name) }
        } catch {
            unlinkat(folder.number, draft, 0)
            throw FileFailure(error.reason, path: path)
        }
        // Some file systems cannot sync a folder.
        try? folder.sync()
    }

    /// Runs the body while no other program does with the same lock file: it waits for its turn.
    package static func locked<Result>(
        _ path: String, _ body: () throws(FileFailure) -> Result
    ) throws(FileFailure) -> Result {
        let (folder, name) = try place(of: path)
        let file = try Descriptor(name, in: folder, mode: 0o600)
        // It goes when the file is closed, and so with the process.
        _ = try retried(path) { flock(file.number, LOCK_EX) }
        defer { flock(file.number, LOCK_UN) }
        return try body()
    }

    private static func place(of path: String) throws(FileFailure) -> (folder: Descriptor, name: String) {
        let parts = path.pathParts
        let folder = "/" + parts.dropLast().joined(separator: "/")
        try Folders.make(folder)
        return (try Descriptor(folder: folder), parts.last ?? "")
    }
}
