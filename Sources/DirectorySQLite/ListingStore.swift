import Content
package import Directory
import Foundation
import GRDB
package import Wire

/// What stands below one another, and lists that say where something stands.
extension DirectorySQLite {
    package func listings(_ ids: [PublicationID], for viewer: Viewer)
        async throws(DirectoryStoreError) -> [ListedPublication]
    {
        try await read { db in
            try Self.listed(ids, for: viewer, db)
        }
    }

    package func listings(
        of owner: UserName, below parent: PublicationID?, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [ListedPublication] {
        try await read { db in
            let sql = """
                \(Self.columns) FROM publication JOIN account ON account.id = owner
                WHERE owner = :owner AND coalesce(parent, 0) = :parent AND publication.id > :after
                    AND \(Self.isActive) AND \(AccessSQL.isVisible)
                ORDER BY publication.id LIMIT :limit
                """
            guard let account = try Self.account(of: owner, db) else { return [] }
            var arguments = try AccessSQL.arguments(viewer, db)
            _ = arguments.append(contentsOf: [
                "owner": account, "parent": parent?.rawValue ?? 0, "after": position?.rawValue ?? 0, "limit": limit,
            ])
            return try Self.listed(sql, arguments, db)
        }
    }

    package func active(
        _ publication: PublicationID, for viewer: Viewer
    ) async throws(DirectoryStoreError) -> ListedPublication? {
        try await read { db in
            try Self.listed([publication], for: viewer, db).first
        }
    }

    /// Of those that can be had and that he sees, in their order.
    private static func listed(_ ids: [PublicationID], for viewer: Viewer, _ db: Database) throws -> [ListedPublication]
    {
        let sql = """
            \(IDList.wanted)
            \(columns) FROM wanted CROSS JOIN publication ON publication.id = number
                CROSS JOIN account ON account.id = owner
            WHERE \(isActive) AND \(AccessSQL.isVisible)
            """
        var arguments = try AccessSQL.arguments(viewer, db)
        _ = arguments.append(contentsOf: ["ids": IDList.text(ids.map(\.rawValue))])
        return try listed(sql, arguments, db)
    }

    package func descendant(of parent: PublicationID, _ path: [FileName], for viewer: Viewer)
        async throws(DirectoryStoreError) -> Finding?
    {
        try await read { db in
            guard
                let account = try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT owner FROM publication WHERE id = ? AND \(Self.isKept)"),
                    arguments: [parent.rawValue])
            else { return nil }
            var place = parent
            for name in path {
                guard let id = try Self.publication(name, below: place, account: account, db) else { return nil }
                place = PublicationID(rawValue: id)
            }
            return try Self.findings(
                where: "publication.id = :id", ["id": place.rawValue, "limit": 1], for: viewer, db
            ).first
        }
    }

    package func arrange(_ places: [Arrangement], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await writer.write { db in
            guard let account = try Self.account(of: owner, db) else { return places.map { _ in false } }
            return try places.map { try Self.arrange($0, account: account, db) }
        }
    }

    package func withdraw(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await writer.write { db in
            guard let account = try Self.account(of: owner, db) else { return ids.map { _ in false } }
            let owned = try db.cachedStatement(
                sql: "SELECT 1 FROM publication WHERE id = ? AND owner = ? AND \(Self.isKept)")
            return try ids.map { id in
                guard try Bool.fetchOne(owned, arguments: [id.rawValue, account]) ?? false else { return false }
                try Self.remove(id.rawValue, db)
                return true
            }
        }
    }

    private static func arrange(_ place: Arrangement, account: Int64, _ db: Database) throws -> Bool {
        let tops = try db.cachedStatement(
            sql: "SELECT coalesce(top, id) FROM publication WHERE id = ? AND owner = ? AND \(isKept)")
        guard let top = try Int64.fetchOne(tops, arguments: [place.id.rawValue, account]), top != place.id.rawValue,
            try Int64.fetchOne(tops, arguments: [place.parent.rawValue, account]) == top
        else { return false }
        let parents = try db.cachedStatement(sql: "SELECT parent FROM publication WHERE id = ?")
        var above: Int64? = place.parent.rawValue
        while let id = above {
            guard id != place.id.rawValue else { return false }
            above = try Int64.fetchOne(parents, arguments: [id])
        }
        guard try fits(place, db) else { return false }
        if let other = try publication(place.name, below: place.parent, account: account, db) {
            return other == place.id.rawValue
        }
        try db.cachedStatement(sql: "UPDATE publication SET parent = ?, name = ? WHERE id = ?")
            .execute(arguments: [place.parent.rawValue, place.name.text, place.id.rawValue])
        return true
    }

    /// Whether what stands below the publication stays within the depth that is allowed.
    private static func fits(_ place: Arrangement, _ db: Database) throws -> Bool {
        let parent = try db.cachedStatement(sql: "SELECT parent FROM publication WHERE id = ?")
        // Another name alone moves nothing.
        if try Int64.fetchOne(parent, arguments: [place.id.rawValue]) == place.parent.rawValue { return true }
        guard let depth = try depth(of: place.parent.rawValue, db) else { return false }
        let sql = """
            WITH RECURSIVE below (id, depth) AS (
                VALUES (?, 1) UNION ALL
                SELECT publication.id, depth + 1 FROM publication JOIN below ON publication.parent = below.id
                WHERE depth <= ?
            )
            SELECT max(depth) FROM below
            """
        let height = try Int.fetchOne(
            db.cachedStatement(sql: sql), arguments: [place.id.rawValue, FileTreeEntry.maximumDepth])
        return depth + (height ?? 1) <= FileTreeEntry.maximumDepth
    }

    // MARK: Rows

    private static let columns = """
        SELECT publication.id, publication.parent, account.name AS owner, publication.name, root, size, is_parent, length,
            published, \(AccessSQL.access)
        """

    private static func listed(_ sql: String, _ arguments: StatementArguments, _ db: Database)
        throws -> [ListedPublication]
    {
        var paths: [Int64: String] = [:]
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var listed: [ListedPublication] = []
        while let row = try rows.next() {
            let parent: Int64? = row["parent"]
            var path = ""
            if let parent {
                path = try paths[parent] ?? Self.path(of: parent, db)
                paths[parent] = path
            }
            let isParent: Bool = row["is_parent"]
            let access = try row.access()
            let kind: ListedPublication.Kind =
                if access == .locked {
                    isParent ? .parent : .unhashed(nil)
                } else if let content = try row.content() {
                    .content(content)
                } else {
                    isParent ? .parent : .unhashed(row["length"])
                }
            listed.append(
                ListedPublication(
                    id: PublicationID(rawValue: row["id"]), owner: try row.userName("owner"), path: path,
                    name: try row.fileName("name"), kind: kind, access: access,
                    published: access == .locked || row["published"] == 0 ? nil : row["published"]))
        }
        return listed
    }

    /// Of a publication with all that stand above it: the inner ones, as many as a list tells.
    private static func path(of publication: Int64, _ db: Database) throws -> String {
        let statement = try db.cachedStatement(sql: "SELECT parent, name FROM publication WHERE id = ?")
        var path = ""
        var next: Int64? = publication
        while let id = next, let row = try Row.fetchOne(statement, arguments: [id]) {
            let name: String = row["name"]
            let longer = path.isEmpty ? name : "\(name)/\(path)"
            guard longer.utf8.count <= ListedPublication.pathByteLimit else { break }
            path = longer
            next = row["parent"]
        }
        return path
    }
}
