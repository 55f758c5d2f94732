internal import Content
internal import FoundationEssentials
internal import GRDB
package import Wire

/// What the directory does not know yet: asked for in parts, and noted as told once it was.
///
/// What is gone has to be told first, then what has another place, then what is new: a place may have been somebody
/// else's.
extension SharedFolders {
    package struct Moved: Hashable, Sendable {
        package let entry: Int64
        package let place: Arrangement
    }

    package struct Unpublished: Hashable, Sendable {
        package let entry: Int64
        package let draft: PublicationDraft
        fileprivate let parent: Int64?
        fileprivate let name: [UInt8]
        fileprivate let changed: Int64
    }

    /// Whether the directory may know of something that is not noted as told.
    package func setTelling(_ isTelling: Bool) async throws {
        try await write { database in
            try database.execute(sql: "UPDATE share SET telling = ?", arguments: [isTelling])
        }
    }

    /// The numbers of the folders of which a program told when it ended: the directory may list what is neither here nor
    /// noted.
    package func interrupted() async throws -> Set<Int64> {
        try await read { database in
            Set(try Int64.fetchAll(database, sql: "SELECT number FROM share WHERE telling <> 0"))
        }
    }

    package func gone(limit: Int) async throws -> [PublicationID] {
        try await read { database in
            try Int64.fetchAll(
                database.cachedStatement(sql: "SELECT publication FROM gone ORDER BY number LIMIT ?"),
                arguments: [limit]
            ).map { PublicationID(rawValue: $0) }
        }
    }

    package func toldGone(_ publications: [PublicationID]) async throws {
        try await write { database in
            let statement = try database.cachedStatement(sql: "DELETE FROM gone WHERE publication = ?")
            for publication in publications { try statement.execute(arguments: [publication.rawValue]) }
        }
    }

    /// What stands at another place than the directory knows, whose new parent it knows.
    package func moved(limit: Int) async throws -> [Moved] {
        try await read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT entry.id, entry.publication, entry.name, above.publication AS above
                        FROM entry INDEXED BY entry_unsettled JOIN entry AS above ON above.id = entry.parent
                        WHERE entry.untold & \(Untold.unsettled) <> 0 AND entry.untold & \(Untold.arrange) <> 0
                            AND entry.untold & \(Untold.lost | Untold.held) = 0
                            AND entry.publication IS NOT NULL AND above.publication IS NOT NULL
                        ORDER BY entry.id LIMIT ?
                        """), arguments: [limit])
            return rows.compactMap { row in
                guard let name = Self.fileName(row) else { return nil }
                return Moved(
                    entry: row["id"],
                    place: Arrangement(
                        id: PublicationID(rawValue: row["publication"]), parent: PublicationID(rawValue: row["above"]),
                        name: name))
            }
        }
    }

    package func toldMoved(_ moved: [Moved]) async throws {
        try await write { database in
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE entry SET untold = untold & ~\(Untold.arrange) WHERE id = ? AND name = ?
                        AND untold & \(Untold.held) = 0
                    """)
            for one in moved {
                let name = try Data.fetchOne(
                    database.cachedStatement(sql: "SELECT name FROM entry WHERE id = ?"), arguments: [one.entry])
                guard let name, Self.fileName([UInt8](name)) == one.place.name else { continue }
                try statement.execute(arguments: [one.entry, name])
            }
        }
    }

    /// The directory could not give them their places: they are withdrawn, and published anew with what is below.
    package func publishAnew(_ moved: [Moved]) async throws {
        try await write { database in
            for one in moved {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO gone (publication) VALUES (?)", arguments: [one.place.id.rawValue])
                try database.execute(
                    sql: """
                        WITH RECURSIVE below (id) AS (
                            SELECT ? UNION ALL SELECT entry.id FROM entry JOIN below ON entry.parent = below.id
                        )
                        UPDATE entry SET publication = NULL, untold = untold & ~\(Untold.arrange) | \(Untold.publish)
                        WHERE id IN (SELECT id FROM below)
                        """, arguments: [one.entry])
            }
        }
    }

    /// The directory knows nothing any more of what is in a folder.
    package func publishAnew(_ folder: SharedFolder) async throws {
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE entry SET publication = NULL, untold = untold & ~\(Untold.arrange) | \(Untold.publish)
                    WHERE share = ?
                    """, arguments: [folder.number])
        }
    }

    /// What is new, or has another content, and whose parent the directory knows: those that were found first.
    ///
    /// - Parameter after: The row behind which to begin.
    package func unpublished(after: Int64 = 0, limit: Int) async throws -> [Unpublished] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT entry.id, entry.parent, entry.name, entry.is_folder, entry.size, entry.root, entry.changed,
                            above.publication AS above
                        FROM entry INDEXED BY entry_untold LEFT JOIN entry AS above ON above.id = entry.parent
                        WHERE entry.untold <> 0 AND entry.id > ? AND entry.untold & \(Untold.publish) <> 0
                            AND entry.untold & \(Untold.lost | Untold.held) = 0
                            AND (entry.untold & \(Untold.arrange) = 0 OR entry.publication IS NULL)
                            AND (above.publication IS NOT NULL OR entry.parent IS NULL)
                        ORDER BY entry.id LIMIT ?
                        """), arguments: [after, limit])
            var unpublished: [Unpublished] = []
            while let row = try rows.next() {
                guard let name = Self.fileName(row) else { continue }
                let above: Int64? = row["above"]
                let isFolder: Bool = row["is_folder"]
                let content = Self.content(row)
                let stored: Data = row["name"]
                let draft = PublicationDraft(
                    parent: above.map { PublicationID(rawValue: $0) }, name: name,
                    visibility: above == nil ? try Self.visibility(ofNewTop: row["id"], database) : nil,
                    content: isFolder ? nil : content, size: isFolder || content != nil ? nil : row["size"],
                    isParent: isFolder)
                unpublished.append(
                    Unpublished(
                        entry: row["id"], draft: draft, parent: row["parent"], name: [UInt8](stored),
                        changed: row["changed"]))
            }
            return unpublished
        }
    }

    /// The directory knows them under these numbers, as they were when they were asked for.
    package func told(_ published: [(Unpublished, PublicationID)]) async throws {
        try await write { database in
            let settling = try database.cachedStatement(
                sql: """
                    UPDATE entry SET publication = ?,
                        untold = iif(name = ? AND parent IS ? AND changed = ? AND root IS ?, 0, untold) WHERE id = ?
                    """)
            let others = try database.cachedStatement(sql: "SELECT 1 FROM entry WHERE publication = ? AND id <> ?")
            let unlisting = try database.cachedStatement(sql: "UPDATE entry SET untold = 0 WHERE id = ?")
            let repeating = try database.cachedStatement(
                sql: "UPDATE entry SET untold = untold | 1 WHERE publication = ? AND id <> ?")
            let reviving = try database.cachedStatement(sql: "DELETE FROM gone WHERE publication = ?")
            var isAnyGone = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM gone)") ?? false
            for (one, publication) in published {
                // Two names that are one to the directory, such as in two ways of writing an umlaut: the first has it,
                // and is told again, as it was told over.
                if try Bool.fetchOne(others, arguments: [publication.rawValue, one.entry]) ?? false {
                    try unlisting.execute(arguments: [one.entry])
                    try repeating.execute(arguments: [publication.rawValue, one.entry])
                    continue
                }
                try settling.execute(arguments: [
                    publication.rawValue, Data(one.name), one.parent, one.changed,
                    one.draft.content.map { Data($0.root.bytes) }, one.entry,
                ])
                if database.changesCount > 0 {
                    if isAnyGone { try reviving.execute(arguments: [publication.rawValue]) }
                } else {
                    isAnyGone = true
                    try database.execute(
                        sql: "INSERT OR IGNORE INTO gone (publication) VALUES (?)",
                        arguments: [publication.rawValue])
                }
            }
        }
    }

    // MARK: Values

    /// Where the directory knows it already, it also knows whom its owner let in since.
    private static func visibility(ofNewTop entry: Int64, _ database: Database) throws -> Visibility? {
        let sql = """
            SELECT visibility FROM share JOIN entry ON entry.id = share.entry
            WHERE entry.id = ? AND publication IS NULL
            """
        let stored = try Data.fetchOne(database, sql: sql, arguments: [entry])
        return stored.flatMap { Visibility(decoding: [UInt8]($0)) }
    }

    private static func fileName(_ row: Row) -> FileName? {
        let name: Data = row["name"]
        return fileName([UInt8](name))
    }

    private static func fileName(_ name: [UInt8]) -> FileName? {
        String(validating: name, as: UTF8.self).flatMap { try? FileName($0) }
    }

    /// From the columns `root` and `size`; nil where it is not hashed.
    static func content(_ row: Row) -> ContentID? {
        let root: Data? = row["root"]
        return root.flatMap { Hash256($0) }.flatMap { ContentID(root: $0, size: row["size"]) }
    }
}
