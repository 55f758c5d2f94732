package import Directory

/// What is removed with much below it goes in parts: nobody sees it from the first on, and the rest follows when there is
/// time, see ``DirectoryPostgres/dropRemains(limit:)``.
enum Removal {
    /// So many below a publication go with it at once.
    private static let atOnce = 500

    /// Of a row of `publication`: it was not removed, nor anything above it. As a rule nothing is just being removed, which
    /// is looked up once.
    static let isKept = """
        (NOT EXISTS (SELECT 1 FROM dropped) OR NOT EXISTS (
            WITH RECURSIVE above (id) AS (
                SELECT publication.id UNION ALL
                SELECT inside.parent FROM publication AS inside JOIN above ON inside.id = above.id
                WHERE inside.parent IS NOT NULL
            )
            SELECT 1 FROM above JOIN dropped ON dropped.id = above.id))
        """

    /// Removes a publication with what stands below, now or later: at once nobody sees it, and its place is free.
    static func remove(_ publication: Int64, _ db: PostgresConnection) throws {
        let below = """
            WITH RECURSIVE below (id) AS (
                SELECT id FROM publication WHERE parent = :id UNION ALL
                SELECT publication.id FROM publication JOIN below ON publication.parent = below.id
            )
            SELECT count(*) AS count FROM (SELECT 1 FROM below LIMIT \(atOnce + 1)) AS counted
            """
        let count = try db.run(below, ["id": .int(publication)])[0].int("count")
        guard count > atOnce else {
            _ = try db.run("DELETE FROM publication WHERE id = :id", ["id": .int(publication)])
            return
        }
        try drop([publication], db)
    }

    private static func drop(_ publications: [Int64], _ db: PostgresConnection) throws {
        let parameters: [String: PostgresValue] = ["ids": .ints(publications)]
        // No name has a slash.
        _ = try db.run(
            "UPDATE publication SET parent = NULL, name = '/' || id, folded = '/' || id WHERE id = ANY(:ids)",
            parameters)
        _ = try db.run("INSERT INTO dropped (id) SELECT unnest(:ids)", parameters)
        // Nobody can have it any more.
        _ = try db.run("DELETE FROM ask WHERE publication = ANY(:ids)", parameters)
    }

    /// - Returns: How many rows that was the work of; 0 where nothing is left, or another server is at it.
    static func dropSome(limit: Int, _ db: PostgresConnection) throws -> Int {
        let next = "SELECT id FROM dropped ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        guard let place = try db.run(next).first?.int("id") else { return 0 }
        let rows = try db.run(
            """
            SELECT id, EXISTS (SELECT 1 FROM publication AS inside WHERE inside.parent = publication.id) AS is_around
            FROM publication WHERE parent = :place LIMIT :limit
            """, ["place": .int(place), "limit": .int(Int64(limit))])
        var (alone, around): ([Int64], [Int64]) = ([], [])
        // What has others below takes its turn by itself.
        for row in rows { try row.bool("is_around") ? around.append(row.int("id")) : alone.append(row.int("id")) }
        if !around.isEmpty { try drop(around, db) }
        if rows.count < limit { alone.append(place) }
        _ = try db.run("DELETE FROM publication WHERE id = ANY(:ids)", ["ids": .ints(alone)])
        return rows.count + 1
    }
}

extension DirectoryPostgres {
    package func dropRemains(limit: Int) async throws(DirectoryStoreError) -> Int {
        try await write { db in
            var count = 0
            while count < limit {
                let some = try Removal.dropSome(limit: limit - count, db)
                guard some > 0 else { break }
                count += some
            }
            return count
        }
    }
}
