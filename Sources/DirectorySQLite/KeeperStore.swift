package import Content
package import Directory
import Foundation
import GRDB
import Wire

extension DirectorySQLite {
    package func keepers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [Keeper]? {
        try await read { db in
            let sql = """
                SELECT account.name AS name, coalesce(top, publication.id) AS top, NULL AS device, 1 AS whole,
                    \(AccessSQL.isRestricted) AS restricted
                FROM lookup CROSS JOIN publication ON publication.id = lookup.id JOIN account ON account.id = owner
                WHERE key = substr(:root, 1, 8) AND root = :root AND size = :size AND \(Self.isKept)
                UNION ALL
                SELECT account.name, NULL, device.device, whole, restricted OR \(Self.hasRestrictedOrigin)
                FROM holding JOIN device ON device.id = holding.device JOIN account ON account.id = device.account
                WHERE root = :root AND size = :size
                LIMIT :limit
                """
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: sql),
                arguments: [
                    "root": Data.blob(content.root), "size": content.sizeAndKind, "limit": limit + 1,
                ])
            guard rows.count <= limit, !rows.contains(where: { $0["restricted"] }) else { return nil }
            return try rows.map { row in
                let top: Int64? = row["top"]
                guard let top else {
                    guard let device = DeviceID.fromDatabaseValue(row["device"]) else {
                        throw ColumnFault.corrupt("device")
                    }
                    return Keeper(user: try row.userName("name"), way: .device(device, isWhole: row["whole"]))
                }
                return Keeper(user: try row.userName("name"), way: .publication(top: PublicationID(rawValue: top)))
            }
        }
    }
}
