package import Content
package import Directory
import Foundation
import GRDB
package import Wire

/// The catalogue as everybody else sees it.
extension DirectorySQLite {
    package func names(containing substring: [UInt8], for viewer: Viewer, after position: FileName?, limit: Int)
        async throws(DirectoryStoreError) -> [FoundName]
    {
        try await read { db in
            var arguments = try AccessSQL.arguments(viewer, db)
            _ = arguments.append(contentsOf: [
                "after": position?.text ?? "", "substring": Data(substring), "limit": limit,
            ])
            var sql = Self.walkingNames
            if let trigrams = Trigrams.query(for: substring), try Trigrams.isRare(trigrams, db) {
                sql = Self.fromTrigrams
                _ = arguments.append(contentsOf: ["trigrams": trigrams])
            }
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            var names: [FoundName] = []
            while let row = try rows.next() {
                names.append(FoundName(try row.fileName("name"), isFolder: row["folder"]))
            }
            return names
        }
    }

    /// For what is in many names, or too short for the trigrams: ends as soon as the page is full.
    private static let walkingNames = """
        SELECT name, max(is_parent OR coalesce(size >> 56 = 1, 0)) AS folder FROM publication INDEXED BY publication_name
        WHERE name > :after AND owner <> :me AND instr(CAST(name AS BLOB), :substring) > 0
            AND \(isActive) AND \(AccessSQL.isVisible)
        GROUP BY name ORDER BY name LIMIT :limit
        """

    private static let fromTrigrams = """
        SELECT name, max(is_parent OR coalesce(size >> 56 = 1, 0)) AS folder FROM publication
        WHERE id IN (SELECT rowid FROM publication_trigram WHERE publication_trigram MATCH :trigrams)
            AND +name > :after AND owner <> :me AND instr(CAST(name AS BLOB), :substring) > 0
            AND \(isActive) AND \(AccessSQL.isVisible)
        GROUP BY name ORDER BY name LIMIT :limit
        """

    package func findings(
        named name: FileName, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [Finding] {
        try await read { db in
            try Self.findings(
                where: "publication.name = :name AND owner <> :me AND publication.id > :after AND \(Self.isKept)",
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

    package func sources(of content: ContentID, for viewer: Viewer, after position: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [ContentSource]
    {
        try await read { db in
            let sql = """
                WITH granted (id) AS (
                    SELECT id FROM publication WHERE root = :root AND size = :size AND \(AccessSQL.isGranted)
                        AND \(Self.isKept)
                )
                SELECT name, max(whole) AS whole, group_concat(DISTINCT top) AS tops, group_concat(device) AS devices,
                    max(restricted) AS restricted
                FROM (
                    SELECT account.name AS name, 1 AS whole, coalesce(top, publication.id) AS top, NULL AS device,
                        \(AccessSQL.isRestricted) AS restricted
                    FROM publication JOIN account ON account.id = owner
                    WHERE root = :root AND size = :size AND \(Self.isActive)
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
