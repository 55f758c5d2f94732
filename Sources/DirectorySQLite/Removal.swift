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
        guard try hasMuchBelow(publication, db) else {
            return try db.cachedStatement(sql: "DELETE FROM publication WHERE id = ?").execute(arguments: [publication])
        }
        try drop(publication, db)
    }

    /// Looks at no more rows than that takes, however many there are.
    private static func hasMuchBelow(_ publication: Int64, _ db: Database) throws -> Bool {
        let children = try db.cachedStatement(sql: "SELECT id FROM publication WHERE parent = ? LIMIT \(atOnce + 1)")
        var waiting = [publication]
        var count = 0
        while let next = waiting.popLast() {
            let found = try Int64.fetchAll(children, arguments: [next])
            count += found.count
            if count > atOnce { return true }
            waiting += found
        }
        return false
    }

    private static func drop(_ publication: Int64, _ db: Database) throws {
        // No name has a slash.
        try db.cachedStatement(sql: "UPDATE publication SET parent = NULL, name = '/' || id WHERE id = ?")
            .execute(arguments: [publication])
        try db.cachedStatement(sql: "INSERT INTO dropped (id) VALUES (?)").execute(arguments: [publication])
        // Nobody can have it any more.
        try db.cachedStatement(sql: "DELETE FROM ask WHERE publication = ?").execute(arguments: [publication])
    }

    package func dropRemains(limit: Int) async throws(DirectoryStoreError) -> Int {
        try await writer.write { db in
            var count = 0
            while count < limit,
                let place = try Int64.fetchOne(db.cachedStatement(sql: "SELECT min(id) FROM dropped"))
            {
                count += try Self.dropSome(below: place, limit: limit - count, db)
            }
            return count
        }
    }

    /// - Returns: How many rows that was the work of.
    private static func dropSome(below place: Int64, limit: Int, _ db: Database) throws -> Int {
        let sql = """
            SELECT id, EXISTS (SELECT 1 FROM publication AS inner WHERE inner.parent = publication.id) AS is_around
            FROM publication WHERE parent = ? LIMIT ?
            """
        let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [place, limit])
        var alone: [String] = []
        for row in rows {
            let id: Int64 = row["id"]
            // What has others below takes its turn by itself.
            if row["is_around"] { try drop(id, db) } else { alone.append(String(id)) }
        }
        if rows.count < limit { alone.append(String(place)) }
        // In one statement, as each has the index of names written.
        try db.execute(sql: "DELETE FROM publication WHERE id IN (\(alone.joined(separator: ",")))")
        return rows.count + 1
    }
}
