internal import Content
internal import Glibc
internal import Wire

/// Looks at what lies in one folder of those that are shared. What `pub` passes over in a folder is passed over here too,
/// and so are other file systems.
struct ShareReader {
    /// Entries that are looked at together.
    static let portion = 1_000

    let root: Descriptor
    let device: UInt64
    private let ownState: FolderIdentity?

    /// - Parameter ownState: What is passed over, with all that is in it.
    init(_ root: Descriptor, ownState: FolderIdentity?) throws(FileFailure) {
        self.root = root
        device = UInt64(try root.status().st_dev)
        self.ownState = ownState
    }

    /// Throws ``FileFailure`` where the folder cannot be opened.
    func open(_ path: [[UInt8]]) throws(FileFailure) -> Descriptor {
        var folder = root
        for name in path { folder = try Descriptor(folder: name, in: folder) }
        return folder
    }

    /// Reads the entries in the order of the names' bytes, portion by portion.
    ///
    /// - Parameter body: Gets a portion and the last name that it covers: nil where it is the last portion.
    func read(
        _ folder: Descriptor, flag: CancellationFlag, _ body: ([SeenEntry], _ through: [UInt8]?) throws -> Void
    ) throws {
        var names = try folder.entryNames()
        if try folder.isServerState(names) { names = [] }
        let isIdentity = try folder.isIdentity(names)
        var start = 0
        repeat {
            try flag.check()
            let end = min(start + Self.portion, names.count)
            var portion: [SeenEntry] = []
            portion.reserveCapacity(end - start)
            for name in names[start..<end] where !(isIdentity && name == Descriptor.identityKey) {
                if let entry = look(at: name, in: folder) { portion.append(entry) }
            }
            try body(portion, end < names.count ? names[end - 1] : nil)
            start = end
        } while start < names.count
    }

    private func look(at name: [UInt8], in folder: Descriptor) -> SeenEntry? {
        // What is hidden may be keys and passwords: nobody who shares his folder thinks of these.
        guard FileTreeEntry.isSafe(name), name.first != UInt8(ascii: "."), Self.isPublishable(name) else { return nil }
        var status = stat()
        guard name.withName({ fstatat(folder.number, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0,
            UInt64(status.st_dev) == device
        else { return nil }
        let stamp = FileStamp(status)
        switch status.st_mode & S_IFMT {
        case S_IFREG where stamp.size <= ContentID.maximumSize:
            return SeenEntry(
                name: name, isFolder: false, inode: stamp.inode, size: stamp.size, modified: stamp.modified,
                changed: stamp.changed)
        case S_IFDIR where ownState != FolderIdentity(status):
            return SeenEntry(name: name, isFolder: true, inode: stamp.inode, size: 0, modified: 0, changed: 0)
        default: return nil
        }
    }

    private static func isPublishable(_ name: [UInt8]) -> Bool {
        if name.count <= FileName.maximumByteCount, name.allSatisfy({ (0x20..<0x7F).contains($0) }) { return true }
        guard let text = String(validating: name, as: UTF8.self) else { return false }
        return (try? FileName(text)) != nil
    }
}
