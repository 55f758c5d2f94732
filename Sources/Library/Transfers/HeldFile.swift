package import Content
internal import GRDB
package import Wire

/// A file that was fetched whole, and stands where it was put: others get it from here.
package struct HeldFile: Hashable, Sendable {
    package var content: ContentID
    /// The publication through which it was fetched.
    package var origin: PublicationID
    /// Absolute.
    package var path: String
    package var stamp: FileStamp
    /// Under which it was fetched, or a torrent of it was written.
    package var names: Set<FileName>

    package init(
        content: ContentID, origin: PublicationID, path: String, stamp: FileStamp, names: Set<FileName> = []
    ) {
        self.content = content
        self.origin = origin
        self.path = path
        self.stamp = stamp
        self.names = names
    }
}

/// The held files, kept over restarts beside the record of published files. All calls throw ``RecordFailure``.
package struct HeldFiles: Sendable {
    /// What ``HeldFile/content`` is the content of.
    private static let fileKind = 0

    private let database: PublishedFiles

    package init(beside database: PublishedFiles) { self.database = database }

    package func all() async throws -> [HeldFile] {
        try await database.read { database in
            var names: [ContentID: Set<FileName>] = [:]
            let named = try Row.fetchAll(
                database, sql: "SELECT root, size, name FROM holding_name WHERE kind = ?", arguments: [Self.fileKind])
            for row in named {
                guard let content = ContentID(row), let text: String = row["name"], let name = try? FileName(text)
                else { continue }
                names[content, default: []].insert(name)
            }
            return try Row.fetchAll(database, sql: "SELECT * FROM holding WHERE kind = ?", arguments: [Self.fileKind])
                .compactMap { row in
                    guard let content = ContentID(row), let origin: Int64 = row["origin"],
                        let path: String = row["path"], let stamp = FileStamp(row)
                    else { return nil }
                    return HeldFile(
                        content: content, origin: PublicationID(rawValue: origin), path: path, stamp: stamp,
                        names: names[content] ?? [])
                }
        }
    }

    /// Stores each in the place of an earlier one of its content. Publishing one will not hash it again where its layer is
    /// given, which is that of its canonical pieces.
    package func store(_ files: [(file: HeldFile, layer: PieceLayer?)]) async throws {
        try await database.write { database in
            for (file, layer) in files {
                try Self.insert(file, database)
                guard let layer else { continue }
                try PublishedFiles.remember(file.path, HashedFile(stamp: file.stamp, layer: layer), database)
            }
        }
    }

    private static func insert(_ file: HeldFile, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO holding (kind, root, size, origin, path, device, inode, modified, changed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                fileKind, PublishedFiles.blob(file.content.root), file.content.size, file.origin.rawValue, file.path,
                Int64(bitPattern: file.stamp.device), Int64(bitPattern: file.stamp.inode), file.stamp.modified,
                file.stamp.changed,
            ])
        for name in file.names { try insert(name, file.content, database) }
    }

    /// Adds a name to one; where it is not there, nothing.
    package func add(_ name: FileName, to content: ContentID) async throws {
        try await database.write { database in try Self.insert(name, content, database) }
    }

    private static func insert(_ name: FileName, _ content: ContentID, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO holding_name (kind, root, size, name)
                SELECT kind, root, size, ? FROM holding WHERE kind = ? AND root = ? AND size = ?
                """,
            arguments: [name.text, fileKind, PublishedFiles.blob(content.root), content.size])
    }

    /// One that is not there is passed over.
    package func remove(_ content: ContentID) async throws {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM holding WHERE kind = ? AND root = ? AND size = ?",
                arguments: [Self.fileKind, PublishedFiles.blob(content.root), content.size])
            try PublishedFiles.removeLayerIfUnused(content, database)
        }
    }
}
