internal import Content
internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// One look at a shared folder, on its way through the folders in it.
struct ShareVisit {
    let folders: SharedFolders
    let folder: SharedFolder
    let reader: ShareReader
    let watch: FolderWatch?
    /// All folders are entered, not only new ones.
    var isThorough = false
    var waiting: [(id: Int64, path: [[UInt8]])] = []

    init(folders: SharedFolders, folder: SharedFolder, reader: ShareReader, watch: FolderWatch?) {
        self.folders = folders
        self.folder = folder
        self.reader = reader
        self.watch = watch
    }

    /// What cannot be read stays as it is known: out of reach is not gone.
    ///
    /// - Parameter outOfReach: As of ``SharedFolders/look(at:_:ownState:watch:flag:outOfReach:progress:)``.
    mutating func enter(
        _ id: Int64, _ path: [[UInt8]], _ flag: CancellationFlag, outOfReach: (String) -> Void
    ) throws {
        guard let descriptor = try? reader.open(path) else { return }
        watch?.add(id, descriptor, isOutermost: path.isEmpty)
        let canDescend = path.count + 1 < FolderListing.depthLimit
        let room = room(below: path)
        var last: [UInt8]?
        do {
            try reader.read(descriptor, flag: flag) { all, through in
                let seen = room < FileTreeEntry.maximumNameByteCount ? all.filter { $0.name.count <= room } : all
                if seen.count < all.count {
                    for entry in all where entry.name.count > room { outOfReach(Self.text(path + [entry.name])) }
                }
                let found = try folders.writeNow { database in
                    let known = try Self.known(below: id, after: last, through: through, database)
                    return try apply(FolderChange.between(known, seen), below: id, database)
                }
                last = through
                if canDescend {
                    waiting += found.map { ($0.id, path + [$0.name]) }
                } else {
                    for folder in found { outOfReach(Self.text(path + [folder.name])) }
                }
            }
        } catch is FileFailure {
            return
        }
    }

    /// Bytes that a name in this folder may have: what has a longer path is opened by no program, and taken by nobody who gets it.
    private func room(below path: [[UInt8]]) -> Int {
        FileTreeEntry.maximumPathByteCount - folder.path.utf8.count - 1 - path.reduce(0) { $0 + $1.count + 1 }
    }

    private static func text(_ path: [[UInt8]]) -> String {
        path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private static func known(
        below parent: Int64, after: [UInt8]?, through: [UInt8]?, _ database: Database
    ) throws -> [SharedEntry] {
        let sql = """
            SELECT id, name, is_folder, inode, size, modified, changed FROM entry
            WHERE parent = ? AND name > ? \(through == nil ? "" : "AND name <= ?") ORDER BY name
            """
        var arguments: StatementArguments = [parent, Data(after ?? [])]
        if let through { _ = arguments.append(contentsOf: [Data(through)]) }
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        var known: [SharedEntry] = []
        while let row = try rows.next() {
            let name: Data = row["name"]
            let inode: Int64 = row["inode"]
            let seen = SeenEntry(
                name: [UInt8](name), isFolder: row["is_folder"], inode: UInt64(bitPattern: inode), size: row["size"],
                modified: row["modified"], changed: row["changed"])
            known.append(SharedEntry(id: row["id"], seen))
        }
        return known
    }

    /// - Returns: Folders to enter.
    private func apply(
        _ changes: [FolderChange], below parent: Int64, _ database: Database
    ) throws -> [(id: Int64, name: [UInt8])] {
        var inner: [(id: Int64, name: [UInt8])] = []
        for change in changes {
            switch change {
            case .same(let known):
                if isThorough, known.seen.isFolder { inner.append((known.id, known.seen.name)) }
            case .changed(let known, let seen): try update(known.id, seen, database)
            case .lost(let known):
                // It may have turned up under a name that comes before.
                try database.cachedStatement(
                    sql: """
                        UPDATE entry SET parent = NULL, untold = untold | \(Untold.lost)
                        WHERE id = ? AND parent = ? AND name = ?
                        """
                ).execute(arguments: [known.id, parent, Data(known.seen.name)])
            case .appeared(let seen, let isDisplacing):
                if let known = try former(of: seen, database) {
                    try move(known, to: seen, below: parent, database)
                    if isThorough, seen.isFolder { inner.append((known, seen.name)) }
                } else {
                    let id = try insert(seen, below: parent, isDisplacing: isDisplacing, database)
                    if seen.isFolder { inner.append((id, seen.name)) }
                }
            }
        }
        return inner
    }

    /// An empty file needs no hashing.
    private static func root(of seen: SeenEntry) -> Data? {
        !seen.isFolder && seen.size == 0 ? Data(Hash256.zero.bytes) : nil
    }

    private func update(_ id: Int64, _ seen: SeenEntry, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE entry SET size = ?, modified = ?, changed = ?, root = ?, info_hash = NULL, failed = 0,
                    untold = untold | \(Untold.publish) WHERE id = ?
                """
        ).execute(arguments: [seen.size, seen.modified, seen.changed, Self.root(of: seen), id])
        try database.cachedStatement(sql: "DELETE FROM layer WHERE entry = ?").execute(arguments: [id])
    }

    private func insert(
        _ seen: SeenEntry, below parent: Int64, isDisplacing: Bool, _ database: Database
    ) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO entry (share, parent, name, is_folder, inode, size, modified, changed, root, untold)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            folder.number, parent, Data(seen.name), seen.isFolder, Int64(bitPattern: seen.inode), seen.size,
            seen.modified, seen.changed, Self.root(of: seen), Untold.publish | (isDisplacing ? Untold.held : 0),
        ])
        return database.lastInsertedRowID
    }

    /// What is known of something under another name, under which it is not any more.
    private func former(of seen: SeenEntry, _ database: Database) throws -> Int64? {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT id, is_folder, size, modified, untold FROM entry WHERE inode = ? AND share = ?"),
            arguments: [Int64(bitPattern: seen.inode), folder.number])
        for row in rows {
            let known = SeenEntry(
                name: [], isFolder: row["is_folder"], inode: seen.inode, size: row["size"], modified: row["modified"],
                changed: 0)
            let (id, untold): (Int64, Int) = (row["id"], row["untold"])
            guard seen.isMoved(from: known), id != folder.entry else { continue }
            if untold & Untold.lost != 0 { return id }
            // One with two names is at both.
            if try !isStillThere(id, seen.inode, database) { return id }
        }
        return nil
    }

    private func isStillThere(_ id: Int64, _ inode: UInt64, _ database: Database) throws -> Bool {
        // What is below something that is lost has no path.
        guard let place = try SharedFolders.names(to: id, database) else { return false }
        let path = Array(folder.path.utf8) + place.names.flatMap { [UInt8(ascii: "/")] + $0 }
        var status = stat()
        return path.withName { lstat($0, &status) } == 0 && UInt64(status.st_ino) == inode
            && UInt64(status.st_dev) == reader.device
    }

    /// One row, whatever is below.
    private func move(_ id: Int64, to seen: SeenEntry, below parent: Int64, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE entry SET parent = ?, name = ?, changed = ?,
                    untold = untold & ~\(Untold.lost) | \(Untold.arrange | Untold.held) WHERE id = ?
                """
        ).execute(arguments: [parent, Data(seen.name), seen.changed, id])
    }
}
