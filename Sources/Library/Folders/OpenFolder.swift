internal import Glibc
internal import Synchronization

/// A folder that is open, with what lies in it: everything is reached from its descriptor, name by name, and no
/// symbolic link is followed on the way, so that nothing outside can be.
///
/// Paths are components that ``FileTreeEntry`` takes. All calls block, and may come from several threads at once.
final class OpenFolder: Sendable {
    /// Inner folders that are kept open.
    private static let keptCount = 64

    private struct Kept {
        var folders: [ArraySlice<[UInt8]>: Descriptor] = [:]
        var since = ContinuousClock.now
    }

    let root: Descriptor
    /// What is kept open is looked for anew after so long: it may have been moved away.
    private let keepFor: Duration
    private let kept = Mutex(Kept())

    /// A link to a folder is none.
    init(_ path: String, keepFor: Duration = .milliseconds(250)) throws(FileFailure) {
        root = try Descriptor(folderItself: path)
        self.keepFor = keepFor
    }

    init(_ root: Descriptor, keepFor: Duration = .seconds(3_600)) {
        self.root = root
        self.keepFor = keepFor
    }

    /// - Parameter isMade: makes what is missing.
    func folder(_ path: ArraySlice<[UInt8]>, isMade: Bool = false) throws(FileFailure) -> Descriptor {
        guard let last = path.last else { return root }
        if let known = known(path) { return known }
        let outer = try folder(path.dropLast(), isMade: isMade)
        let name = Self.name(last)
        if isMade, mkdirat(outer.number, name, 0o777) != 0, errno != EEXIST {
            throw FileFailure(errno: errno, path: "\(outer.path)/\(name)")
        }
        let folder = try Descriptor(folder: name, in: outer)
        kept.withLock { kept in
            if kept.folders.count >= Self.keptCount { kept.folders = [:] }
            kept.folders[path] = folder
        }
        return folder
    }

    func openForReading(_ path: [[UInt8]]) throws(FileFailure) -> Descriptor {
        try Descriptor(reading: Self.name(path.last ?? []), in: folder(path.dropLast()))
    }

    /// Makes the file, and the folders to it, where they are missing. One that has a second name is somebody else's too:
    /// it is unlinked and made anew.
    func openForWriting(_ path: [[UInt8]]) throws(FileFailure) -> Descriptor {
        let folder = try folder(path.dropLast(), isMade: true)
        let name = Self.name(path.last ?? [])
        let file = try Descriptor(name, in: folder)
        guard try file.status().st_nlink > 1 else { return file }
        try folder.remove(name)
        return try Descriptor(name, in: folder, exclusive: true)
    }

    /// Of a regular file.
    func stamp(of path: [[UInt8]]) throws(FileFailure) -> FileStamp {
        let folder = try folder(path.dropLast())
        let name = Self.name(path.last ?? [])
        let place = "\(folder.path)/\(name)"
        var status = stat()
        _ = try retried(place) { fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return FileStamp(status)
        case S_IFLNK: throw FileFailure(.isLink, path: place)
        default: throw FileFailure(.notAFile, path: place)
        }
    }

    /// Nothing is taken to be where it was.
    func lookAnew() { kept.withLock { $0 = Kept() } }

    /// Removes what stands at the path, be it a file, a link or a folder, and what stands in the place of a folder on the
    /// way there, so that a file can be made. Nothing may be open below.
    func clear(_ path: [[UInt8]]) throws(FileFailure) {
        lookAnew()
        var folder = root
        for component in path.dropLast() {
            let name = Self.name(component)
            guard try folder.isFolder(name) else { return try folder.removeTree(component) }
            folder = try Descriptor(folder: name, in: folder)
        }
        try folder.removeTree(path.last ?? [])
    }

    private func known(_ path: ArraySlice<[UInt8]>) -> Descriptor? {
        kept.withLock { kept in
            let now = ContinuousClock.now
            if kept.since.duration(to: now) >= keepFor { kept = Kept() }
            return kept.folders[path]
        }
    }

    private static func name(_ component: [UInt8]) -> String { String(decoding: component, as: UTF8.self) }
}
