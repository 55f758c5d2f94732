package import Content
package import Directory
import Foundation
import GRDB
package import Wire

/// The catalogue as everybody else sees it.
extension DirectorySQLite {
    package func search(_ query: SearchQuery, for viewer: Viewer, from next: Int64)
        async throws(DirectoryStoreError) -> SearchFindings
    {
        await indexing.catchUp()
        let (searcher, owner) = try await read { db in
            var names = try Set(Self.groups(of: viewer.user, db))
            // A group has the name, and he is not in it for that.
            if try Self.group(viewer.user, db) == nil { names.insert(viewer.user) }
            let searcher = Searcher(
                number: try Self.account(of: viewer.user, db) ?? 0, names: names, now: viewer.now)
            return (searcher, try query.owner.flatMap { try Self.account(of: $0, db) })
        }
        guard query.order == .holders else {
            return indexing.index.find(query, owner: owner, by: searcher, from: next, view: presence) { _ in [] }
        }
        return try await read { [indexing, presence] db in
            try indexing.index.find(query, owner: owner, by: searcher, from: next, view: presence) {
                try Self.others(having: $0, db)
            }
        }
    }

    /// Accounts that are there and have the content of each publication without publishing it, as far as it is for everybody.
    private static func others(having publications: [PublicationID], _ db: Database) throws -> [[Int64]] {
        guard try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM holding)")) == true else {
            return publications.map { _ in [] }
        }
        let holding = try db.cachedStatement(
            sql: """
                SELECT device.account FROM publication JOIN holding USING (root, size)
                JOIN device ON device.id = holding.device JOIN account ON account.id = device.account
                WHERE publication.id = ? AND is_there(account.name, device.device)
                    AND restricted = 0 AND NOT \(hasRestrictedOrigin)
                """)
        return try publications.map { try Int64.fetchAll(holding, arguments: [$0.rawValue]) }
    }

    package func findings(
        named name: FileName, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [Finding] {
        try await read { db in
            try Self.findings(
                where: "\(Lookup.isNamed) AND owner <> :me AND publication.id > :after AND \(Self.isKept)",
                ["name": name.text, "after": position?.rawValue ?? 0, "limit": limit], for: viewer, db)
        }
    }

    /// - Parameter arguments: of the condition, and a `limit`.
    static func findings(
        where condition: String, _ arguments: StatementArguments, for viewer: Viewer, _ db: Database
    ) throws -> [Finding] {
        let sql = """
            SELECT publication.id, account.name AS owner, root, size, last_seen, is_parent,
                is_served(coalesce(top, publication.id)) AS served, \(AccessSQL.access)
            FROM publication JOIN account ON account.id = owner WHERE \(condition) AND \(AccessSQL.isVisible)
            ORDER BY publication.id LIMIT :limit
            """
        var all = try AccessSQL.arguments(viewer, db)
        _ = all.append(contentsOf: arguments)
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: all).map { row in
            let isServed: Bool = row["served"]
            let access = try row.access()
            return Finding(
                publication: PublicationID(rawValue: row["id"]), owner: try row.userName("owner"),
                content: access == .locked ? nil : try row.content(), absentSince: isServed ? nil : row["last_seen"],
                isParent: row["is_parent"], access: access)
        }
    }

    /// Of a row of `holding`: what it was fetched by is not for everybody now.
    static let hasRestrictedOrigin = """
        EXISTS (SELECT 1 FROM publication WHERE publication.id = holding.origin AND \(AccessSQL.isRestricted))
        """

    package func sources(of content: ContentID, for viewer: Viewer?, after position: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [ContentSource]
    {
        try await read { db in
            let sql = """
                WITH granted (id) AS (
                    SELECT id FROM publication WHERE \(Lookup.hasContent) AND \(AccessSQL.isGranted)
                        AND \(Self.isKept)
                )
                SELECT name, max(whole) AS whole, group_concat(DISTINCT top) AS tops, group_concat(device) AS devices,
                    max(restricted) AS restricted
                FROM (
                    SELECT account.name AS name, 1 AS whole, coalesce(top, publication.id) AS top, NULL AS device,
                        \(AccessSQL.isRestricted) AS restricted
                    FROM publication JOIN account ON account.id = owner
                    WHERE \(Lookup.hasContent) AND \(Self.isActive)
                        AND (NOT \(AccessSQL.isRestricted) OR publication.id IN granted)
                    UNION ALL
                    SELECT account.name, whole, NULL, hex(device.device),
                        restricted OR \(Self.hasRestrictedOrigin)
                    FROM holding JOIN device ON device.id = holding.device JOIN account ON account.id = device.account
                    WHERE root = :root AND size = :size AND is_there(account.name, device.device)
                        AND (restricted = 0 AND NOT \(Self.hasRestrictedOrigin) OR holding.origin IN granted)
                )
                WHERE name > :after AND name <> :reader
                GROUP BY name ORDER BY name LIMIT :limit
                """
            var arguments = try AccessSQL.arguments(viewer, db)
            _ = arguments.append(contentsOf: [
                "root": Data.blob(content.root), "size": content.sizeAndKind, "after": position?.text ?? "",
                "limit": limit,
            ])
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map {
                let (tops, devices): (String?, String?) = ($0["tops"], $0["devices"])
                return ContentSource(
                    user: try $0.userName("name"), isWhole: $0["whole"],
                    tops: Set((tops ?? "").split(separator: ",").compactMap { Int64($0).map(PublicationID.init) }),
                    devices: Set(
                        (devices ?? "").split(separator: ",").compactMap { [UInt8](hex: $0).flatMap { DeviceID($0) } }),
                    demandsTicket: $0["restricted"])
            }
        }
    }
}
