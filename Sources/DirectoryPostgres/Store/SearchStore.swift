package import Content
package import Directory
package import Wire

/// The catalogue as everybody else sees it.
extension DirectoryPostgres {
    package func search(_ query: SearchQuery, for viewer: Viewer, from next: Int64)
        async throws(DirectoryStoreError) -> SearchFindings
    {
        guard let search = SearchSQL(query) else { return SearchFindings(ids: []) }
        return try await look { db in try search.find(for: viewer, from: next, db) }
    }

    package func findings(
        named name: FileName, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [Finding] {
        try await look { db in
            try Findings.read(
                """
                publication.name = :name AND owner <> \(AccessSQL.me) AND publication.id > :after
                    AND \(Removal.isKept)
                """,
                AccessSQL.parameters(
                    viewer,
                    [
                        "name": .text(name.text), "after": .int(position?.rawValue ?? 0), "limit": .int(Int64(limit)),
                    ]), db)
        }
    }

    /// What other servers write changes it at any moment, so nothing is to be kept.
    package func keepers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [Keeper]? { nil }

    package func sources(of content: ContentID, for viewer: Viewer?, after position: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [ContentSource]
    {
        try await look { db in
            let sql = """
                WITH granted (id) AS (
                    SELECT id FROM publication WHERE root = :root AND size = :size AND \(AccessSQL.isGranted)
                        AND \(Removal.isKept)
                )
                SELECT name, bool_or(whole) AS whole, string_agg(DISTINCT top::text, ',') AS tops,
                    string_agg(device, ',') AS devices, bool_or(restricted) AS restricted
                FROM (
                    SELECT account.name AS name, true AS whole, coalesce(top, publication.id) AS top,
                        NULL AS device, \(AccessSQL.isRestricted) AS restricted
                    FROM publication JOIN account ON account.id = owner
                    WHERE root = :root AND size = :size AND \(PresenceSQL.isActive)
                        AND (NOT \(AccessSQL.isRestricted) OR publication.id IN (SELECT id FROM granted))
                    UNION ALL
                    SELECT account.name, whole, NULL, encode(device.device, 'hex'),
                        restricted OR \(Self.hasRestrictedOrigin)
                    FROM holding JOIN device ON device.id = holding.device JOIN account ON account.id = device.account
                    WHERE root = :root AND size = :size AND \(PresenceSQL.isThere)
                        AND (NOT restricted AND NOT \(Self.hasRestrictedOrigin)
                            OR holding.origin IN (SELECT id FROM granted))
                ) AS source
                WHERE name > :after AND name <> :reader
                GROUP BY name ORDER BY name LIMIT :limit
                """
            return try db.run(
                sql,
                AccessSQL.parameters(
                    viewer,
                    [
                        "root": .hash(content.root), "size": .int(content.sizeAndKind),
                        "after": .text(position?.text ?? ""), "limit": .int(Int64(limit)),
                    ])
            ).map { row in
                let tops = try row.optionalText("tops") ?? ""
                let devices = try row.optionalText("devices") ?? ""
                return ContentSource(
                    user: try row.userName("name"), isWhole: try row.bool("whole"),
                    tops: Set(tops.split(separator: ",").compactMap { Int64($0).map(PublicationID.init) }),
                    devices: Set(
                        devices.split(separator: ",").compactMap { [UInt8](hex: $0).flatMap { DeviceID($0) } }),
                    demandsTicket: try row.bool("restricted"))
            }
        }
    }

    /// Of a row of `holding`: what it was fetched by is not for everybody now.
    static let hasRestrictedOrigin = """
        EXISTS (SELECT 1 FROM publication WHERE publication.id = holding.origin AND \(AccessSQL.isRestricted))
        """
}
