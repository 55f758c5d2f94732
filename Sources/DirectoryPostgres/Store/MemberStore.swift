package import Directory
package import Wire

/// Members and their devices, as administrators and they themselves see them.
extension DirectoryPostgres {
    package func change(
        _ former: InvitedAccount, to account: InvitedAccount
    ) async throws(DirectoryStoreError) -> AccountChanging {
        try await write { [server = lease.server] db in
            if former.administers, !account.administers {
                // Two who demote each other at two servers come one after the other.
                try Accounts.lockNames(db)
                let others = try db.run(
                    "SELECT 1 FROM account WHERE origin = 1 AND role = :admin AND NOT disabled AND name <> :name LIMIT 1",
                    ["admin": .int(Role.admin.rawValue), "name": .user(former.user)])
                guard !others.isEmpty else { return .lastAdmin }
            }
            let count = try db.run(
                """
                UPDATE account SET password = :password, role = :role, disabled = :disabled
                WHERE name = :name AND origin = 1 AND password = :former_password AND role = :former_role
                    AND disabled = :was_disabled
                """,
                [
                    "password": .bytes(account.password.stored), "role": .int(account.role.rawValue),
                    "disabled": .bool(account.isDisabled), "name": .user(former.user),
                    "former_password": .bytes(former.password.stored), "former_role": .int(former.role.rawValue),
                    "was_disabled": .bool(former.isDisabled),
                ]
            ).affected
            guard count > 0 else { return .notAsBefore }
            try Notices.add(.account, former.user, from: server, db)
            return .changed
        }
    }

    package func memberRecords(after name: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [MemberRecord]
    {
        try await read { db in
            try db.run(
                "SELECT name, last_seen, publications FROM account WHERE name > :after ORDER BY name LIMIT :limit",
                ["after": .text(name?.text ?? ""), "limit": .int(Int64(limit))]
            ).map {
                MemberRecord(
                    user: try $0.userName("name"), lastSeen: try $0.int("last_seen"),
                    publications: try $0.int("publications"))
            }
        }
    }

    package func removeMember(_ user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?
    {
        try await write { [server = lease.server] db in
            try Accounts.lockNames(db)
            let name: [String: PostgresValue] = ["name": .user(user)]
            // As long as he has publications.
            _ = try db.run("SET LOCAL statement_timeout = 0")
            guard try db.run("DELETE FROM account WHERE name = :name", name).affected > 0 else { return nil }
            for table in ["group_member", "reader"] { _ = try db.run("DELETE FROM \(table) WHERE name = :name", name) }
            try Notices.add(.account, user, from: server, db)
            return try Accounts.enterRevocation(of: user, issuedBefore: issuedBefore, db)
        }
    }

    package func dropPublications(of owner: UserName, limit: Int) async throws(DirectoryStoreError) -> Int {
        try await write { db in
            guard let account = try Accounts.lock(owner, db) else { return 0 }
            // What stands below others comes first, so that none of these takes thousands with it at once.
            let ids = try db.run(
                "SELECT id FROM publication WHERE owner = :owner ORDER BY coalesce(parent, 0) DESC LIMIT :limit",
                ["owner": .int(account), "limit": .int(Int64(limit))]
            ).map { try $0.int("id") }
            _ = try db.run("DELETE FROM publication WHERE id = ANY(:ids)", ["ids": .ints(ids)])
            return ids.count
        }
    }

    package func devices(of user: UserName) async throws(DirectoryStoreError) -> [DeviceRecord] {
        try await read { db in
            let sql = """
                SELECT device.device, label, signed_in, expires FROM device JOIN account ON account.id = device.account
                WHERE account.name = :user AND current IS NOT NULL ORDER BY signed_in DESC, device.id DESC
                """
            return try db.run(sql, ["user": .user(user)]).map {
                DeviceRecord(
                    id: try $0.device("device"), label: try $0.text("label"), lastSignIn: try $0.int("signed_in"),
                    expires: try $0.int("expires"))
            }
        }
    }

    package func signOut(_ devices: SignedOut, of user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?
    {
        try await write { db in
            guard let account = try Accounts.lock(user, db) else { return nil }
            let (comparison, device) =
                switch devices {
                case .only(let device): ("=", device)
                case .allBut(let device): ("<>", device)
                }
            let count = try db.run(
                """
                UPDATE device SET current = NULL, previous = NULL
                WHERE account = :account AND current IS NOT NULL AND device \(comparison) :device
                """, ["account": .int(account), "device": .device(device)]
            ).affected
            return count > 0 ? try Accounts.enterRevocation(of: user, issuedBefore: issuedBefore, db) : nil
        }
    }
}
