package import Content
internal import FoundationEssentials
internal import GRDB
package import Wire

/// A folder that was fetched whole, and stands where it was put: others get it from here.
package struct HeldFolder: Hashable, Sendable {
    package var content: ContentID
    /// The publication through which it was fetched.
    package var origin: PublicationID
    /// Absolute.
    package var path: String

    package init(content: ContentID, origin: PublicationID, path: String) {
        self.content = content
        self.origin = origin
        self.path = path
    }
}

/// The held folders by their paths, kept over restarts beside the record of published files. All calls throw
/// ``RecordFailure``.
package struct HeldFolders: Sendable {
    private let database: PublishedFiles

    package init(beside database: PublishedFiles) { self.database = database }

    package func all() async throws -> [HeldFolder] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT path, root, size, origin FROM held_folder ORDER BY path")
                .compactMap { row in
                    guard let content = Self.content(row), let origin: Int64 = row["origin"],
                        let path: String = row["path"]
                    else { return nil }
                    return HeldFolder(content: content, origin: PublicationID(rawValue: origin), path: path)
                }
        }
    }

    /// What the folder at a path was when it was fetched; nil where none is held there. Takes a moment: everything is
    /// proven again.
    package func folder(at path: String) async throws -> HashedFolder? {
        try await database.folder(in: "held_folder", where: "path = ?", [path])
    }

    /// Stores one in the place of an earlier one of its path.
    package func store(_ folder: HeldFolder, _ hashed: HashedFolder) async throws {
        precondition(folder.content == hashed.content, "hashes of another content")
        try await database.write { database in
            let former = try Self.content(at: folder.path, database)
            try PublishedFiles.insert(hashed, database)
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO held_folder (path, root, size, origin, stamps) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    folder.path, PublishedFiles.blob(folder.content.root), folder.content.sizeAndKind,
                    folder.origin.rawValue, Data(hashed.encodedStamps),
                ])
            if let former, former != folder.content { try PublishedFiles.removeLayerIfUnused(former, database) }
        }
    }

    /// One that is not there is passed over.
    package func remove(_ path: String) async throws {
        try await database.write { database in
            guard let content = try Self.content(at: path, database) else { return }
            try database.execute(sql: "DELETE FROM held_folder WHERE path = ?", arguments: [path])
            try PublishedFiles.removeLayerIfUnused(content, database)
        }
    }

    private static func content(at path: String, _ database: Database) throws -> ContentID? {
        try Row.fetchOne(database, sql: "SELECT root, size FROM held_folder WHERE path = ?", arguments: [path])
            .flatMap { content($0) }
    }

    /// Nil where another program has spoiled the row.
    private static func content(_ row: Row) -> ContentID? {
        guard let root: Data = row["root"], let size: Int64 = row["size"], let hash = Hash256(root) else { return nil }
        return ContentID(root: hash, sizeAndKind: size)
    }
}
