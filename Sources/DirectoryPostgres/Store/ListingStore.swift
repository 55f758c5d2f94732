import Content
package import Directory
package import Wire

/// What stands below one another, and lists that say where something stands.
extension DirectoryPostgres {
    package func listings(_ ids: [PublicationID], for viewer: Viewer)
        async throws(DirectoryStoreError) -> [ListedPublication]
    {
        try await look { db in
            let found = try Listings.read(
                "publication.id = ANY(:ids)", AccessSQL.parameters(viewer, ["ids": .ids(ids)]), db)
            let known = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
            return ids.compactMap { known[$0] }
        }
    }

    package func listings(
        of owner: UserName, below parent: PublicationID?, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [ListedPublication] {
        try await look { db in
            guard let account = try Accounts.find(owner, db) else { return [] }
            return try Listings.read(
                "owner = :owner AND coalesce(parent, 0) = :parent AND publication.id > :after",
                AccessSQL.parameters(
                    viewer,
                    [
                        "owner": .int(account), "parent": .int(parent?.rawValue ?? 0),
                        "after": .int(position?.rawValue ?? 0), "limit": .int(Int64(limit)),
                    ]), db)
        }
    }

    package func active(
        _ publication: PublicationID, for viewer: Viewer
    ) async throws(DirectoryStoreError) -> ListedPublication? {
        try await listings([publication], for: viewer).first
    }

    package func descendant(of parent: PublicationID, _ path: [FileName], for viewer: Viewer)
        async throws(DirectoryStoreError) -> Finding?
    {
        try await look { db in
            let owner = try db.run(
                "SELECT owner FROM publication WHERE id = :id AND \(Removal.isKept)", ["id": .int(parent.rawValue)]
            ).first?.int("owner")
            guard let owner else { return nil }
            var place = parent
            for name in path {
                guard let id = try Publications.find(name, below: place, account: owner, db) else { return nil }
                place = PublicationID(rawValue: id)
            }
            return try Findings.read(
                "publication.id = :id",
                AccessSQL.parameters(viewer, ["id": .int(place.rawValue), "limit": .int(1)]), db
            ).first
        }
    }

    package func arrange(_ places: [Arrangement], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await write { db in
            guard let account = try Accounts.lock(owner, db) else { return places.map { _ in false } }
            return try places.map { try Arranging.arrange($0, account: account, db) }
        }
    }

    package func withdraw(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await write { db in
            guard let account = try Accounts.lock(owner, db) else { return ids.map { _ in false } }
            return try ids.map { id in
                let isOwn = try !db.run(
                    "SELECT 1 FROM publication WHERE id = :id AND owner = :owner AND \(Removal.isKept)",
                    ["id": .int(id.rawValue), "owner": .int(account)]
                ).isEmpty
                if isOwn { try Removal.remove(id.rawValue, db) }
                return isOwn
            }
        }
    }
}

private enum Arranging {
    static func arrange(_ place: Arrangement, account: Int64, _ db: PostgresConnection) throws -> Bool {
        func top(of id: PublicationID) throws -> Int64? {
            try db.run(
                """
                SELECT coalesce(top, id) AS top FROM publication
                WHERE id = :id AND owner = :owner AND \(Removal.isKept)
                """, ["id": .int(id.rawValue), "owner": .int(account)]
            ).first?.int("top")
        }
        guard let own = try top(of: place.id), own != place.id.rawValue, try top(of: place.parent) == own,
            try !Publications.above(place.parent.rawValue, db).contains(place.id.rawValue), try fits(place, db)
        else { return false }
        if let other = try Publications.find(place.name, below: place.parent, account: account, db) {
            return other == place.id.rawValue
        }
        _ = try db.run(
            "UPDATE publication SET parent = :parent, name = :name, folded = :folded WHERE id = :id",
            [
                "parent": .int(place.parent.rawValue), "name": .text(place.name.text),
                "folded": .text(Publications.folded(place.name)), "id": .int(place.id.rawValue),
            ])
        return true
    }

    /// Whether what stands below the publication stays within the depth that is allowed.
    private static func fits(_ place: Arrangement, _ db: PostgresConnection) throws -> Bool {
        let parent = try db.run("SELECT parent FROM publication WHERE id = :id", ["id": .int(place.id.rawValue)])
            .first?.optionalInt("parent")
        // Another name alone moves nothing.
        if parent == place.parent.rawValue { return true }
        guard let depth = try Publications.depth(of: place.parent.rawValue, db) else { return false }
        let sql = """
            WITH RECURSIVE below (id, depth) AS (
                SELECT :id, 1 UNION ALL
                SELECT publication.id, depth + 1 FROM publication JOIN below ON publication.parent = below.id
                WHERE depth <= :limit
            )
            SELECT max(depth) AS height FROM below
            """
        let limit = FileTreeEntry.maximumDepth
        let height = try db.run(sql, ["id": .int(place.id.rawValue), "limit": .int(Int64(limit))])[0].int("height")
        return depth + Int(height) <= limit
    }
}

private enum Listings {
    private static let columns = """
        publication.id, publication.parent, account.name AS owner, publication.name, root, size, is_parent, length,
        published, \(AccessSQL.access) AS access
        """

    /// Active and visible ones, by id.
    ///
    /// - Parameter parameters: of the condition and of ``AccessSQL``, and a `limit`, which may be missing.
    static func read(
        _ condition: String, _ parameters: [String: PostgresValue], _ db: PostgresConnection
    ) throws -> [ListedPublication] {
        let rows = try db.run(
            """
            SELECT \(columns) FROM publication JOIN account ON account.id = owner
            WHERE \(condition) AND \(PresenceSQL.isActive) AND \(AccessSQL.isVisible)
            ORDER BY publication.id LIMIT :limit
            """, parameters)
        let paths = try paths(of: Set(rows.compactMap { try $0.optionalInt("parent") }), db)
        return try rows.map { row in
            let access = try row.access()
            let isParent = try row.bool("is_parent")
            let kind: ListedPublication.Kind =
                if access == .locked {
                    isParent ? .parent : .unhashed(nil)
                } else if let content = try row.content() {
                    .content(content)
                } else {
                    isParent ? .parent : .unhashed(try row.optionalInt("length"))
                }
            let published = try row.int("published")
            return ListedPublication(
                id: try row.publication("id"), owner: try row.userName("owner"),
                path: try row.optionalInt("parent").flatMap { paths[$0] } ?? "", name: try row.fileName("name"),
                kind: kind, access: access, published: access == .locked || published == 0 ? nil : published)
        }
    }

    /// Of publications with all that stand above them: the inner ones, as many as a list tells.
    private static func paths(of publications: Set<Int64>, _ db: PostgresConnection) throws -> [Int64: String] {
        guard !publications.isEmpty else { return [:] }
        let sql = """
            WITH RECURSIVE above (start, name, parent, depth) AS (
                SELECT id, name, parent, 1 FROM publication WHERE id = ANY(:ids) UNION ALL
                SELECT start, publication.name, publication.parent, depth + 1
                FROM publication JOIN above ON publication.id = above.parent WHERE depth <= :depth
            )
            SELECT start, name FROM above ORDER BY start, depth
            """
        var paths: [Int64: String] = [:]
        var full: Set<Int64> = []
        let depth = Int64(FileTreeEntry.maximumDepth)
        for row in try db.run(sql, ["ids": .ints(Array(publications)), "depth": .int(depth)]) {
            let (start, name) = (try row.int("start"), try row.text("name"))
            guard !full.contains(start) else { continue }
            let longer = paths[start].map { "\(name)/\($0)" } ?? name
            if longer.utf8.count <= ListedPublication.pathByteLimit {
                paths[start] = longer
            } else {
                full.insert(start)
            }
        }
        return paths
    }
}

enum Findings {
    /// - Parameter parameters: of the condition and of ``AccessSQL``, and a `limit`.
    static func read(
        _ condition: String, _ parameters: [String: PostgresValue], _ db: PostgresConnection
    ) throws -> [Finding] {
        let sql = """
            SELECT publication.id, account.name AS owner, root, size, last_seen, is_parent,
                \(PresenceSQL.isServed("coalesce(top, publication.id)")) AS served, \(AccessSQL.access) AS access
            FROM publication JOIN account ON account.id = owner WHERE \(condition) AND \(AccessSQL.isVisible)
            ORDER BY publication.id LIMIT :limit
            """
        return try db.run(sql, parameters).map { row in
            let access = try row.access()
            return Finding(
                publication: try row.publication("id"), owner: try row.userName("owner"),
                content: access == .locked ? nil : try row.content(),
                absentSince: try row.bool("served") ? nil : row.int("last_seen"), isParent: try row.bool("is_parent"),
                access: access)
        }
    }
}
