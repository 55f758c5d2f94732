package import Content
package import Directory
import Foundation
import GRDB
import Wire

/// Invitations, and the accounts that came of them.
extension DirectorySQLite {
    package func add(_ invite: Invite) async throws(DirectoryStoreError) -> Int64 {
        try await writer.write { db in
            try db.execute(
                sql: "INSERT INTO invite (seal, role, uses_left, created, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    Data.blob(invite.seal), invite.role.rawValue, invite.usesLeft, invite.created, invite.expires,
                ])
            return db.lastInsertedRowID
        }
    }

    package func invites() async throws(DirectoryStoreError) -> [Invite] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM invite ORDER BY id").map(Self.invite)
        }
    }

    package func removeInvite(_ id: Int64) async throws(DirectoryStoreError) -> Bool {
        try await writer.write { db in
            try db.execute(sql: "DELETE FROM invite WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    package func invite(sealed seal: Hash256) async throws(DirectoryStoreError) -> Invite? {
        try await read { db in try Self.invite(sealed: seal, db) }
    }

    package func join(
        _ account: InvitedAccount, by seal: Hash256, at now: Int64
    ) async throws(DirectoryStoreError) -> Joining {
        try await writer.write { db in
            guard let invite = try Self.invite(sealed: seal, db), invite.isOpen(at: now) else { return .inviteInvalid }
            guard try Self.account(of: account.user, db) == nil, try Self.group(account.user, db) == nil else {
                return .nameTaken
            }
            try db.execute(
                sql: """
                    INSERT INTO account (name, origin, password, role, attempt, last_seen) VALUES (?, 1, ?, ?, ?, ?)
                    """,
                arguments: [
                    account.user.text, Data(account.password.stored), account.role.rawValue,
                    Data.blob(account.attempt), now,
                ])
            // Whatever is left of the name from before is not his.
            for table in ["group_member", "reader"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE name = ?", arguments: [account.user.text])
            }
            try db.execute(sql: "UPDATE invite SET uses_left = uses_left - 1 WHERE id = ?", arguments: [invite.id])
            return .joined
        }
    }

    package func invitedAccounts() async throws(DirectoryStoreError) -> [InvitedAccount] {
        try await read { db in
            let sql = "SELECT name, password, role, attempt, disabled FROM account WHERE origin = 1 ORDER BY name"
            return try Row.fetchAll(db, sql: sql).map { row in
                let stored: Data = row["password"]
                guard let password = StoredPassword(stored: Array(stored)) else {
                    throw ColumnFault.corrupt("password")
                }
                guard let attempt = try row.hash("attempt") else { throw ColumnFault.corrupt("attempt") }
                return InvitedAccount(
                    user: try row.userName("name"), password: password, role: try row.role(), attempt: attempt,
                    isDisabled: row["disabled"])
            }
        }
    }

    private static func invite(sealed seal: Hash256, _ db: Database) throws -> Invite? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM invite WHERE seal = ?"), arguments: [Data.blob(seal)]
        ).map(invite)
    }

    private static func invite(_ row: Row) throws -> Invite {
        guard let seal = try row.hash("seal") else { throw ColumnFault.corrupt("seal") }
        return Invite(
            id: row["id"], seal: seal, role: try row.role(), usesLeft: row["uses_left"], created: row["created"],
            expires: row["expires"])
    }
}

extension Row {
    fileprivate func role() throws -> Role {
        guard let role = Role(rawValue: self["role"]) else { throw ColumnFault.corrupt("role") }
        return role
    }
}
