package import Directory
import GRDB

/// What is removed with much below it goes in parts: nobody sees it from the first on, and the rest follows when there is
/// time, see ``dropRemains(limit:)``.
extension DirectorySQLite {
    /// So many below a publication go with it at once.
    private static let atOnce = 500

    /// Of a row of `publication`: it was not removed, nor anything above it. As a rule nothing is just being removed, which
    /// is looked up once.
    static let isKept = """
        (NOT EXISTS (SELECT 1 FROM dropped) OR NOT EXISTS (
            WITH RECURSIVE above (id) AS (
                VALUES (publication.id) UNION ALL
                SELECT inner.parent FROM publication AS inner JOIN above ON inner.id = above.id
                WHERE inner.parent IS NOT NULL
            )
            SELECT 1 FROM above JOIN dropped ON dropped.id = above.id))
        """

    /// Of a row of `publication`: it can be had.
    static let isActive = "is_served(coalesce(top, publication.id)) AND \(isKept)"

    /// Removes a publication with what stands below, now or later: at once nobody sees it, and its place is free.
    static func remove(_ publication: Int64, _ db: Database) throws {
        let below = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    WITH RECURSIVE below (id) AS (
                        SELECT id FROM publication WHERE parent = ? UNION ALL
                        SELECT publication.id FROM publication JOIN below ON publication.parent = below.id
                    )
                    SELECT count(*) FROM (SELECT 1 FROM below LIMIT \(atOnce + 1))
                    """), arguments: [publication])
        guard (below ?? 0) > atOnce else {
            return try db.cachedStatement(sql: "DELETE FROM publication WHERE id = ?").execute(arguments: [publication])
        }
        try drop(publication, db)
    }

    private static func drop(_ publication: Int64, _ db: Database) throws {
        // No name has a slash.
        try db.cachedStatement(sql: "UPDATE publication SET parent = NULL, name = '/' || id WHERE id = ?")
            .execute(arguments: [publication])
        try db.cachedStatement(sql: "INSERT INTO dropped (id) VALUES (?)").execute(arguments: [publication])
    }

    package func dropRemains(limit: Int) async throws(DirectoryStoreError) -> Int {
        try await writer.write { db in
            let next = "SELECT min(id) FROM dropped"
            guard let place = try Int64.fetchOne(db.cachedStatement(sql: next)) else { return 0 }
            let sql = """
                SELECT id, EXISTS (SELECT 1 FROM publication AS inner WHERE inner.parent = publication.id) AS is_around
                FROM publication WHERE parent = ? LIMIT ?
                """
            let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [place, limit])
            var alone: [String] = []
            for row in rows {
                let id: Int64 = row["id"]
                // What has others below takes its turn by itself.
                if row["is_around"] { try Self.drop(id, db) } else { alone.append(String(id)) }
            }
            if rows.count < limit { alone.append(String(place)) }
            // In one statement, as each has the index of names written.
            try db.execute(sql: "DELETE FROM publication WHERE id IN (\(alone.joined(separator: ",")))")
            return rows.count + 1
        }
    }
}
