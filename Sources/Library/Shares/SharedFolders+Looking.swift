internal import FoundationEssentials
internal import GRDB
internal import Glibc
package import Wire

/// What of a shared folder is looked at.
package enum ShareLook: Hashable, Sendable {
    case everything
    /// These folders, by their rows, and what is new in them.
    case folders(Set<Int64>)
}

/// How a look at a shared folder ended.
package enum ShareLookEnd: Hashable, Sendable {
    case done
    /// The folder is not there, or something else is in its place, as where a disk is away: nothing was changed.
    case away
}

/// Comparing the record with the disk.
extension SharedFolders {
    /// What can be shared at a path. Throws ``FileFailure``. Blocks.
    ///
    /// - Parameter ownState: Where this program keeps its own things.
    package static func place(_ path: String, named name: FileName, ownState: String) throws -> SharedPlace {
        let folder = try Descriptor(folderItself: path)
        if let own = FolderIdentity(path: ownState), try own.holds(folder) {
            throw FileFailure(.ownState, path: path)
        }
        if try folder.isServerState(folder.entryNames()) { throw FileFailure(.serverState, path: path) }
        let status = try folder.status()
        return SharedPlace(
            path: path, name: name, volume: try volume(of: folder), device: Int64(bitPattern: UInt64(status.st_dev)),
            inode: Int64(bitPattern: UInt64(status.st_ino)))
    }

    /// Whether the folder that is shared is there, and not something else in its place. Blocks.
    package static func isThere(_ folder: SharedFolder) -> Bool { (try? root(of: folder)) != nil }

    private static func root(of folder: SharedFolder) throws(FileFailure) -> Descriptor {
        let root = try Descriptor(folderItself: folder.path)
        guard try volume(of: root) == folder.volume else { throw FileFailure(.missing, path: folder.path) }
        return root
    }

    /// Tells file systems apart, also where they have other device numbers than before. Where one says nothing, it is its
    /// device.
    private static func volume(of folder: Descriptor) throws(FileFailure) -> Int64 {
        var status = statvfs()
        _ = try retried(folder.path) { fstatvfs(folder.number, &status) }
        let id = Int64(bitPattern: UInt64(status.f_fsid))
        return try id != 0 ? id : Int64(bitPattern: UInt64(folder.status().st_dev))
    }

    /// Brings the record to what is on the disk. Throws ``FileFailure``, ``RecordFailure`` or `CancellationError`; where it
    /// ends early, the next look has to be at everything. Blocks.
    ///
    /// - Parameters:
    ///   - watch: Is told of each folder before it is read, where there is one.
    ///   - outOfReach: Told from the folder on what is passed over, as its path is longer than a system takes, and which folder is
    ///     not looked into, as it is in more of them than others look through.
    ///   - progress: After each folder: there is something to tell and to hash.
    package func look(
        at folder: SharedFolder, _ look: ShareLook, ownState: String, watch: FolderWatch?, flag: CancellationFlag,
        outOfReach: (String) -> Void = { _ in }, progress: () -> Void
    ) throws -> ShareLookEnd {
        guard let root = try? Self.root(of: folder) else { return .away }
        let reader = try ShareReader(root, ownState: FolderIdentity(path: ownState))
        try writeNow { database in
            try database.execute(
                sql: "UPDATE share SET device = ? WHERE number = ? AND device <> ?",
                arguments: [
                    Int64(bitPattern: reader.device), folder.number, Int64(bitPattern: reader.device),
                ])
        }
        var visit = ShareVisit(folders: self, folder: folder, reader: reader, watch: watch)
        switch look {
        case .everything:
            visit.isThorough = true
            visit.waiting = [(folder.entry, [])]
        case .folders(let ids):
            visit.waiting = try readNow { database in
                try ids.sorted().compactMap { id in
                    try Self.names(to: id, database).flatMap { $0.top == folder.entry ? (id, $0.names) : nil }
                }
            }
        }
        while let next = visit.waiting.popLast() {
            try visit.enter(next.id, next.path, flag, outOfReach: outOfReach)
            progress()
        }
        // Of what was not there any more, all may be on a disk that went meanwhile.
        guard Self.isThere(folder) else { return .away }
        try settle(folder, watch)
        return .done
    }

    /// The look is over: what did not turn up elsewhere is gone, and what waited for that can be told.
    private func settle(_ folder: SharedFolder, _ watch: FolderWatch?) throws {
        let folders = try writeNow { database -> [Int64] in
            let lost = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, is_folder, publication FROM entry INDEXED BY entry_unsettled
                    WHERE untold & \(Untold.unsettled) <> 0 AND untold & \(Untold.lost) <> 0 AND share = ?
                    """, arguments: [folder.number])
            var folders: [Int64] = []
            for row in lost {
                let id: Int64 = row["id"]
                if row["is_folder"] { folders += try Self.foldersBelow(id, database) }
                if let publication: Int64 = row["publication"] {
                    try database.execute(
                        sql: "INSERT OR IGNORE INTO gone (publication) VALUES (?)", arguments: [publication])
                }
                try database.execute(sql: "DELETE FROM entry WHERE id = ?", arguments: [id])
            }
            try database.execute(
                sql: """
                    UPDATE entry SET untold = untold & ~\(Untold.held) WHERE id IN (
                        SELECT id FROM entry INDEXED BY entry_unsettled
                        WHERE untold & \(Untold.unsettled) <> 0 AND untold & \(Untold.held) <> 0 AND share = ?)
                    """, arguments: [folder.number])
            return folders
        }
        watch?.forget(folders)
    }

    /// Its row among them.
    private static func foldersBelow(_ id: Int64, _ database: Database) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                WITH RECURSIVE below (id) AS (
                    SELECT ? UNION ALL
                    SELECT entry.id FROM entry JOIN below ON entry.parent = below.id WHERE entry.is_folder = 1
                ) SELECT id FROM below
                """, arguments: [id])
    }

    /// From the outermost row down to an entry, without that one's name: nil where it is not there (any more).
    static func names(to id: Int64, _ database: Database) throws -> (top: Int64, names: [[UInt8]])? {
        let statement = try database.cachedStatement(sql: "SELECT parent, name, untold FROM entry WHERE id = ?")
        var names: [[UInt8]] = []
        var next = id
        while let row = try Row.fetchOne(statement, arguments: [next]) {
            guard let parent: Int64 = row["parent"] else {
                let untold: Int = row["untold"]
                return untold & Untold.lost == 0 ? (next, names.reversed()) : nil
            }
            let name: Data = row["name"]
            names.append([UInt8](name))
            next = parent
        }
        return nil
    }
}
