package import Content
package import Directory
import Wire

/// Invitations, and the accounts that came of them.
extension DirectoryPostgres {
    package func add(_ invite: Invite) async throws(DirectoryStoreError) -> Int64 {
        try await write { db in
            try db.run(
                """
                INSERT INTO invite (seal, role, uses_left, created, expires)
                VALUES (:seal, :role, :uses, :created, :expires) RETURNING id
                """,
                [
                    "seal": .hash(invite.seal), "role": .int(invite.role.rawValue), "uses": .int(invite.usesLeft),
                    "created": .int(invite.created), "expires": .int(invite.expires),
                ])[0].int("id")
        }
    }

    package func invites() async throws(DirectoryStoreError) -> [Invite] {
        try await read { db in try db.run("SELECT * FROM invite ORDER BY id").map(Self.invite) }
    }

    package func removeInvite(_ id: Int64) async throws(DirectoryStoreError) -> Bool {
        try await write { db in try db.run("DELETE FROM invite WHERE id = :id", ["id": .int(id)]).affected > 0 }
    }

    package func invite(sealed seal: Hash256) async throws(DirectoryStoreError) -> Invite? {
        try await read { db in
            try db.run("SELECT * FROM invite WHERE seal = :seal", ["seal": .hash(seal)]).first.map(Self.invite)
        }
    }

    package func join(
        _ account: InvitedAccount, by seal: Hash256, at now: Int64
    ) async throws(DirectoryStoreError) -> Joining {
        try await write { [server = lease.server] db in
            try Accounts.lockNames(db)
            let invite = try db.run("SELECT * FROM invite WHERE seal = :seal FOR UPDATE", ["seal": .hash(seal)])
                .first.map(Self.invite)
            guard let invite, invite.isOpen(at: now) else { return .inviteInvalid }
            guard try Groups.find(account.user, db) == nil else { return .nameTaken }
            let isEntered =
                try db.run(
                    """
                    INSERT INTO account (name, origin, password, role, attempt, last_seen)
                    VALUES (:name, 1, :password, :role, :attempt, :now) ON CONFLICT (name) DO NOTHING
                    """,
                    [
                        "name": .user(account.user), "password": .bytes(account.password.stored),
                        "role": .int(account.role.rawValue), "attempt": .hash(account.attempt), "now": .int(now),
                    ]
                ).affected > 0
            guard isEntered else { return .nameTaken }
            // Whatever is left of the name from before is not his.
            for table in ["group_member", "reader"] {
                _ = try db.run("DELETE FROM \(table) WHERE name = :name", ["name": .user(account.user)])
            }
            _ = try db.run("UPDATE invite SET uses_left = uses_left - 1 WHERE id = :id", ["id": .int(invite.id)])
            try Notices.add(.account, account.user, from: server, db)
            return .joined
        }
    }

    package func invitedAccounts() async throws(DirectoryStoreError) -> [InvitedAccount] {
        try await read { db in try Invited.all(db) }
    }

    private static func invite(_ row: PostgresRow) throws -> Invite {
        Invite(
            id: try row.int("id"), seal: try row.hash("seal"), role: try row.role("role"),
            usesLeft: try row.int("uses_left"), created: try row.int("created"), expires: try row.int("expires"))
    }
}

/// Accounts that came of invitations.
enum Invited {
    private static let columns = "SELECT name, password, role, attempt, disabled FROM account WHERE origin = 1"

    /// By name.
    static func all(_ db: PostgresConnection) throws -> [InvitedAccount] {
        try db.run("\(columns) ORDER BY name").map(account)
    }

    static func one(_ user: UserName, _ db: PostgresConnection) throws -> InvitedAccount? {
        try db.run("\(columns) AND name = :name", ["name": .user(user)]).first.map(account)
    }

    private static func account(_ row: PostgresRow) throws -> InvitedAccount {
        guard let password = StoredPassword(stored: try row.bytes("password")) else {
            throw ColumnFault.corrupt("password")
        }
        return InvitedAccount(
            user: try row.userName("name"), password: password, role: try row.role("role"),
            attempt: try row.hash("attempt"), isDisabled: try row.bool("disabled"))
    }
}
