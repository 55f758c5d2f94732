package import Directory
import Foundation
import GRDB
package import Wire

/// Accounts, devices and revocations.
extension DirectorySQLite {
    package func note(_ sightings: [Sighting]) async throws(DirectoryStoreError) {
        try await writer.write { db in
            for sighting in sightings { try Self.note(sighting, db) }
        }
    }

    package func sightings(since time: Int64) async throws(DirectoryStoreError) -> [Sighting] {
        try await read { db in
            let sql = "SELECT name, last_seen, seal FROM account WHERE last_seen >= ? ORDER BY name"
            return try Row.fetchAll(db, sql: sql, arguments: [time]).map {
                Sighting(user: try $0.userName("name"), time: $0["last_seen"], seal: try $0.hash("seal"))
            }
        }
    }

    package func changeTokens(
        of device: DeviceID, labelled label: String, noting sighting: Sighting,
        _ change: @escaping @Sendable (TokenPair?) -> TokenPair?
    ) async throws(DirectoryStoreError) -> Bool {
        try await writer.write { db in
            let user = sighting.user
            let former = try Self.tokens(of: user, device, db)
            guard let next = change(former) else { return false }
            try Self.note(sighting, db)
            try db.cachedStatement(
                sql: """
                    INSERT INTO device (account, device, current, previous, expires, label, signed_in)
                    SELECT id, :device, :current, :previous, :expires, :label, :time FROM account WHERE name = :user
                    ON CONFLICT (account, device)
                    DO UPDATE SET current = excluded.current, previous = excluded.previous, expires = excluded.expires,
                        label = excluded.label, signed_in = excluded.signed_in
                    """
            ).execute(arguments: [
                "user": user.text, "device": Data.blob(device), "current": Data.blob(next.current),
                "previous": next.previous.map(Data.blob), "expires": next.expires, "label": label,
                "time": sighting.time,
            ])
            try Self.boundDevices(of: user, besides: device, db)
            return true
        }
    }

    package func revoke(_ users: [UserName], issuedBefore: Int64)
        async throws(DirectoryStoreError) -> [Revocation]
    {
        try await writer.write { db in
            var revocations: [Revocation] = []
            for user in users {
                guard let account = try Self.account(of: user, db) else { continue }
                try db.cachedStatement(sql: "UPDATE device SET current = NULL, previous = NULL WHERE account = ?")
                    .execute(arguments: [account])
                revocations.append(try Self.enterRevocation(of: user, issuedBefore: issuedBefore, db))
            }
            return revocations
        }
    }

    package func revocations(since time: Int64)
        async throws(DirectoryStoreError) -> (serial: Int64, kept: [Revocation])
    {
        try await read { db in
            let serial = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'revocation'") ?? 0
            let sql = "SELECT serial, name, issued_before FROM revocation WHERE issued_before >= ? ORDER BY serial"
            let kept = try Row.fetchAll(db, sql: sql, arguments: [time]).map {
                Revocation(serial: $0["serial"], user: try $0.userName("name"), issuedBefore: $0["issued_before"])
            }
            return (serial, kept)
        }
    }

    package func prune(revocationsBefore: Int64, expiredBefore: Int64) async throws(DirectoryStoreError) {
        try await writer.write { db in
            try db.execute(sql: "DELETE FROM revocation WHERE issued_before < ?", arguments: [revocationsBefore])
            try db.execute(sql: "DELETE FROM device WHERE expires < ?", arguments: [expiredBefore])
            try db.execute(sql: "DELETE FROM invite WHERE expires < ? OR uses_left <= 0", arguments: [expiredBefore])
            try db.execute(sql: "DELETE FROM reader WHERE expires > 0 AND expires < ?", arguments: [expiredBefore])
            try db.execute(
                sql: "DELETE FROM ask WHERE state <> 0 AND asked < ?", arguments: [expiredBefore - AskLimits.memory])
        }
    }

    // MARK: Within a transaction

    static func account(of user: UserName, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM account WHERE name = ?"), arguments: [user.text])
    }

    static func device(_ device: DeviceID, of user: UserName, _ db: Database) throws -> Int64? {
        let sql = """
            SELECT device.id FROM device JOIN account ON account.id = device.account
            WHERE account.name = ? AND device.device = ?
            """
        return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [user.text, Data.blob(device)])
    }

    /// Enters the account where it is new. Time never goes back.
    static func note(_ sighting: Sighting, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO account (name, origin, last_seen, seal) VALUES (?, 0, ?, ?)
                ON CONFLICT (name) DO UPDATE SET
                    last_seen = max(last_seen, excluded.last_seen), seal = coalesce(excluded.seal, seal)
                """
        ).execute(arguments: [sighting.user.text, sighting.time, sighting.seal.map(Data.blob)])
    }

    /// Removes what is beyond the devices of a member, never the one that just signed in.
    private static func boundDevices(of user: UserName, besides device: DeviceID, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM device WHERE id IN (
                    SELECT device.id FROM device JOIN account ON account.id = device.account
                    WHERE account.name = ? AND device.device <> ?
                    ORDER BY expires DESC, device.id DESC LIMIT -1 OFFSET ?)
                """
        ).execute(arguments: [user.text, Data.blob(device), TokenPair.devicesPerMember - 1])
    }

    private static func tokens(of user: UserName, _ device: DeviceID, _ db: Database) throws -> TokenPair? {
        let sql = """
            SELECT current, previous, expires FROM device JOIN account ON account.id = device.account
            WHERE account.name = ? AND device.device = ?
            """
        let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [user.text, Data.blob(device)])
        guard let row, let current = try row.hash("current") else { return nil }
        return TokenPair(current: current, previous: try row.hash("previous"), expires: row["expires"])
    }
}
