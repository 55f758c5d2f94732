internal import Content
internal import FoundationEssentials
internal import GRDB

/// What files hashed to: publishing one again, or one that was fetched, reads not a byte as long as its stamp is the
/// same. Kept also when a file is not published any more.
extension PublishedFiles {
    /// Of so many files: beyond, those that were hashed the longest ago are forgotten.
    static var maximumHashedCount: Int { 10_000 }

    /// What hashing this file gave, where it was hashed under this path and has not changed since.
    package func hashed(path: String, stamp: FileStamp) async throws -> HashedFile? {
        let known = try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM hashed WHERE path = ?", arguments: [path])
                .flatMap { row in FileStamp(row).flatMap { stamp in ContentID(row).map { (stamp, $0) } } }
        }
        guard let (then, content) = known, then == stamp, let layer = try await layer(of: content) else { return nil }
        return HashedFile(stamp: stamp, layer: layer)
    }

    /// Keeps what hashing a file by its canonical pieces gave.
    package func remember(_ path: String, _ hashed: HashedFile) async throws {
        try await write { database in try Self.remember(path, hashed, database) }
    }

    static func remember(_ path: String, _ hashed: HashedFile, _ database: Database) throws {
        let (stamp, content) = (hashed.stamp, hashed.layer.content)
        try insert(hashed.layer, database)
        let former = try Row.fetchOne(database, sql: "SELECT root, size FROM hashed WHERE path = ?", arguments: [path])
            .flatMap { ContentID($0) }
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO hashed (path, device, inode, size, modified, changed, root, used)
                VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM hashed))
                """,
            arguments: [
                path, Int64(bitPattern: stamp.device), Int64(bitPattern: stamp.inode), content.size, stamp.modified,
                stamp.changed, blob(content.root),
            ])
        if let former, former != content { try removeLayerIfUnused(former, database) }
        try forgetOldest(database)
    }

    private static func forgetOldest(_ database: Database) throws {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM hashed") ?? 0
        guard count > maximumHashedCount else { return }
        let oldest = try Row.fetchAll(
            database, sql: "SELECT path, root, size FROM hashed ORDER BY used LIMIT ?",
            arguments: [count - maximumHashedCount])
        for row in oldest {
            let path: String = row["path"]
            try database.execute(sql: "DELETE FROM hashed WHERE path = ?", arguments: [path])
            if let content = ContentID(row) { try removeLayerIfUnused(content, database) }
        }
    }
}

extension ContentID {
    /// From the columns `root` and `size`; nil where another program has spoiled them, or for a kind that is not known.
    init?(_ row: Row, kind: Kind? = .file) {
        guard let kind, let root: Data = row["root"], let size: Int64 = row["size"], let hash = Hash256(root) else {
            return nil
        }
        self.init(root: hash, size: size, kind: kind)
    }
}

extension FileStamp {
    /// From the columns of a stamp, `size` among them.
    init?(_ row: Row) {
        guard let device: Int64 = row["device"], let inode: Int64 = row["inode"], let size: Int64 = row["size"],
            let modified: Int64 = row["modified"], let changed: Int64 = row["changed"]
        else { return nil }
        self.init(
            device: UInt64(bitPattern: device), inode: UInt64(bitPattern: inode), size: size, modified: modified,
            changed: changed)
    }
}
