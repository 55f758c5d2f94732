package import Content
package import Wire

/// A file or folder in a folder that is shared, as the record has it.
package struct SharedEntry: Hashable, Sendable {
    package var id: Int64
    package var seen: SeenEntry

    package init(id: Int64, _ seen: SeenEntry) {
        self.id = id
        self.seen = seen
    }
}

/// A file or folder as it is on the disk.
package struct SeenEntry: Hashable, Sendable {
    /// Its last path component, as the disk has it.
    package var name: [UInt8]
    package var isFolder: Bool
    package var inode: UInt64
    /// In bytes; 0 for a folder, as the times are.
    package var size: Int64
    /// In nanoseconds since 1970, as in ``FileStamp``.
    package var modified: Int64
    package var changed: Int64

    package init(name: [UInt8], isFolder: Bool, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.name = name
        self.isFolder = isFolder
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Whether this is, by all that moving leaves as it is, what had been another name.
    ///
    /// Moving changes the time of the inode's last change on most disks, so that it tells nothing here.
    package func isMoved(from other: SeenEntry) -> Bool {
        guard inode == other.inode, isFolder == other.isFolder else { return false }
        return isFolder || size == other.size && modified == other.modified
    }
}

/// What became of the entries of one folder.
package enum FolderChange: Hashable, Sendable {
    case same(SharedEntry)
    /// The same file, with other bytes or attributes.
    case changed(SharedEntry, SeenEntry)
    /// Not there any more, or something else is in its place: for now, as it may turn up elsewhere.
    case lost(SharedEntry)
    /// - isDisplacing: something else was in its place.
    case appeared(SeenEntry, isDisplacing: Bool)

    /// What has changed between two looks at a folder, both in the order of the names' bytes. What is at a name with
    /// another inode is something else: the former may have been moved.
    package static func between(_ known: [SharedEntry], _ seen: [SeenEntry]) -> [FolderChange] {
        var changes: [FolderChange] = []
        var old = known[...]
        for entry in seen {
            while let first = old.first, first.seen.name.lexicographicallyPrecedes(entry.name) {
                changes.append(.lost(first))
                old = old.dropFirst()
            }
            guard let first = old.first, first.seen.name == entry.name else {
                changes.append(.appeared(entry, isDisplacing: false))
                continue
            }
            old = old.dropFirst()
            if first.seen == entry {
                changes.append(.same(first))
            } else if first.seen.inode == entry.inode, first.seen.isFolder == entry.isFolder {
                changes.append(.changed(first, entry))
            } else {
                changes.append(.lost(first))
                changes.append(.appeared(entry, isDisplacing: true))
            }
        }
        return changes + old.map(FolderChange.lost)
    }
}

/// A folder that is shared.
package struct SharedFolder: Hashable, Sendable {
    package let number: Int64
    /// Absolute.
    package let path: String
    /// In the network.
    package let name: FileName
    /// The row of the folder itself.
    package let entry: Int64
    /// Of the file system that it is on: what is there on another one is not this folder.
    package let volume: Int64
    /// What the directory calls it; nil until it has said so.
    package let publication: PublicationID?
    /// Files that are not hashed, and their bytes.
    package let fileCount: Int64
    package let unhashedCount: Int64
    package let unhashedBytes: Int64
    /// For whom it is to be; nil where that was never said.
    package let visibility: Visibility?

    /// Whether one lies in the other, or they are the same.
    package func overlaps(_ path: String) -> Bool {
        self.path == path || path.hasPrefix(self.path + "/") || self.path.hasPrefix(path + "/")
    }
}

/// A file of a shared folder, to be hashed or served.
package struct SharedFile: Hashable, Sendable {
    package let entry: Int64
    package let folder: Int64
    /// Absolute, as it is called now.
    package let path: String
    package let stamp: FileStamp
    /// Nil while it is not hashed.
    package let content: ContentID?
    /// What the directory calls it, and the folder that is shared; nil until it has said so.
    package let publication: PublicationID?
    package let top: PublicationID?
}
