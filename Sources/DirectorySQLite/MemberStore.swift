package import Directory
import Foundation
import GRDB
package import Wire

/// Members and their devices, as administrators and they themselves see them.
extension DirectorySQLite {
    package func change(
        _ former: InvitedAccount, to account: InvitedAccount
    ) async throws(DirectoryStoreError) -> AccountChanging {
        try await writer.write { db in
            let present = """
                SELECT 1 FROM account WHERE name = ? AND origin = 1 AND password = ? AND role = ? AND disabled = ?
                """
            let isAsBefore = try Int64.fetchOne(
                db, sql: present,
                arguments: [
                    former.user.text, Data(former.password.stored), former.role.rawValue, former.isDisabled,
                ])
            guard isAsBefore != nil else { return .notAsBefore }
            if former.administers, !account.administers {
                let others = """
                    SELECT 1 FROM account WHERE origin = 1 AND role = ? AND NOT disabled AND name <> ? LIMIT 1
                    """
                let other = try Int64.fetchOne(
                    db, sql: others, arguments: [Role.admin.rawValue, former.user.text])
                guard other != nil else { return .lastAdmin }
            }
            try db.execute(
                sql: "UPDATE account SET password = ?, role = ?, disabled = ? WHERE name = ? AND origin = 1",
                arguments: [
                    Data(account.password.stored), account.role.rawValue, account.isDisabled, former.user.text,
                ])
            return .changed
        }
    }

    package func memberRecords(after name: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [MemberRecord]
    {
        try await read { db in
            let sql = "SELECT name, last_seen, publications FROM account WHERE name > ? ORDER BY name LIMIT ?"
            return try Row.fetchAll(db, sql: sql, arguments: [name?.text ?? "", limit]).map {
                MemberRecord(user: try $0.userName("name"), lastSeen: $0["last_seen"], publications: $0["publications"])
            }
        }
    }

    package func removeMember(_ user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?
    {
        try await writer.write { db in
            guard let account = try Self.account(of: user, db) else { return nil }
            try db.execute(sql: "DELETE FROM account WHERE id = ?", arguments: [account])
            for table in ["group_member", "reader"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE name = ?", arguments: [user.text])
            }
            return try Self.enterRevocation(of: user, issuedBefore: issuedBefore, db)
        }
    }

    package func dropPublications(of owner: UserName, limit: Int) async throws(DirectoryStoreError) -> Int {
        try await writer.write { db in
            guard let account = try Self.account(of: owner, db) else { return 0 }
            // What stands below others comes first, so that none of these takes thousands with it at once.
            let sql = "SELECT id FROM publication WHERE owner = ? ORDER BY coalesce(parent, 0) DESC LIMIT ?"
            let ids = try Int64.fetchAll(db, sql: sql, arguments: [account, limit])
            // In one statement, as each has the index of names written.
            let list = ids.map(String.init).joined(separator: ",")
            try db.execute(sql: "DELETE FROM publication WHERE id IN (\(list))")
            return ids.count
        }
    }

    package func devices(of user: UserName) async throws(DirectoryStoreError) -> [DeviceRecord] {
        try await read { db in
            guard let account = try Self.account(of: user, db) else { return [] }
            let sql = """
                SELECT device, label, signed_in, expires FROM device WHERE account = ? AND current IS NOT NULL
                ORDER BY signed_in DESC, id DESC
                """
            return try Row.fetchAll(db, sql: sql, arguments: [account]).map { row in
                let id: Data = row["device"]
                guard let id = DeviceID(Array(id)) else { throw ColumnFault.corrupt("device") }
                return DeviceRecord(id: id, label: row["label"], lastSignIn: row["signed_in"], expires: row["expires"])
            }
        }
    }

    package func signOut(_ devices: SignedOut, of user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?
    {
        try await writer.write { db in
            guard let account = try Self.account(of: user, db) else { return nil }
            let (comparison, device) =
                switch devices {
                case .only(let device): ("=", device)
                case .allBut(let device): ("<>", device)
                }
            try db.execute(
                sql: """
                    UPDATE device SET current = NULL, previous = NULL
                    WHERE account = ? AND current IS NOT NULL AND device \(comparison) ?
                    """, arguments: [account, Data.blob(device)])
            guard db.changesCount > 0 else { return nil }
            return try Self.enterRevocation(of: user, issuedBefore: issuedBefore, db)
        }
    }

    static func enterRevocation(of user: UserName, issuedBefore: Int64, _ db: Database) throws -> Revocation {
        try db.cachedStatement(sql: "INSERT INTO revocation (name, issued_before) VALUES (?, ?)")
            .execute(arguments: [user.text, issuedBefore])
        return Revocation(serial: db.lastInsertedRowID, user: user, issuedBefore: issuedBefore)
    }
}
