import Content
package import Directory
package import Wire

/// Accounts, devices and revocations.
extension DirectoryPostgres {
    package func note(_ sightings: [Sighting]) async throws(DirectoryStoreError) {
        try await write { db in
            // One row of each in a statement.
            let seen = Dictionary(sightings.map { ($0.user, $0) }) { first, second in
                Sighting(user: first.user, time: max(first.time, second.time), seal: second.seal ?? first.seal)
            }
            // In one order, so that two servers that note the same members do not wait for each other.
            for portion in Portions(seen.values.sorted { $0.user < $1.user }) { try Accounts.note(portion, db) }
        }
    }

    package func sightings(since time: Int64) async throws(DirectoryStoreError) -> [Sighting] {
        try await read { db in
            let sql = "SELECT name, last_seen, seal FROM account WHERE last_seen >= :time ORDER BY name"
            return try db.run(sql, ["time": .int(time)]).map {
                Sighting(
                    user: try $0.userName("name"), time: try $0.int("last_seen"), seal: try $0.optionalHash("seal"))
            }
        }
    }

    package func changeTokens(
        of device: DeviceID, labelled label: String, noting sighting: Sighting,
        _ change: @escaping @Sendable (TokenPair?) -> TokenPair?
    ) async throws(DirectoryStoreError) -> Bool {
        try await write { db in
            let user = sighting.user
            _ = try Accounts.lock(user, db)
            guard let next = change(try Accounts.tokens(of: user, device, db)) else { return false }
            try Accounts.note(sighting, db)
            _ = try db.run(
                """
                INSERT INTO device (account, device, current, previous, expires, label, signed_in)
                SELECT id, :device, :current, :previous, :expires, :label, :time FROM account WHERE name = :user
                ON CONFLICT (account, device)
                DO UPDATE SET current = excluded.current, previous = excluded.previous, expires = excluded.expires,
                    label = excluded.label, signed_in = excluded.signed_in
                """,
                [
                    "user": .user(user), "device": .device(device), "current": .hash(next.current),
                    "previous": .hash(next.previous), "expires": .int(next.expires),
                    // What PostgreSQL has no text for.
                    "label": .text(label.replacing("\0", with: "")), "time": .int(sighting.time),
                ])
            try Accounts.boundDevices(of: user, besides: device, db)
            return true
        }
    }

    package func revoke(_ users: [UserName], issuedBefore: Int64)
        async throws(DirectoryStoreError) -> [Revocation]
    {
        try await write { db in
            var revocations: [Revocation] = []
            for user in users {
                guard let account = try Accounts.lock(user, db) else { continue }
                _ = try db.run(
                    "UPDATE device SET current = NULL, previous = NULL WHERE account = :account",
                    ["account": .int(account)])
                revocations.append(try Accounts.enterRevocation(of: user, issuedBefore: issuedBefore, db))
            }
            return revocations
        }
    }

    package func revocations(since time: Int64)
        async throws(DirectoryStoreError) -> (serial: Int64, kept: [Revocation])
    {
        try await read { db in
            let serial = try db.run("SELECT revocations FROM bittrickle").first?.int("revocations") ?? 0
            let sql = "SELECT serial, name, issued_before FROM revocation WHERE issued_before >= :time ORDER BY serial"
            let kept = try db.run(sql, ["time": .int(time)]).map {
                Revocation(
                    serial: try $0.int("serial"), user: try $0.userName("name"),
                    issuedBefore: try $0.int("issued_before"))
            }
            return (serial, kept)
        }
    }

    package func prune(revocationsBefore: Int64, expiredBefore: Int64) async throws(DirectoryStoreError) {
        try await write { db in
            let parameters: [String: PostgresValue] = [
                "void": .int(revocationsBefore), "over": .int(expiredBefore),
                "forgotten": .int(expiredBefore - AskLimits.memory),
            ]
            for sql in [
                "DELETE FROM revocation WHERE issued_before < :void", "DELETE FROM device WHERE expires < :over",
                "DELETE FROM invite WHERE expires < :over OR uses_left <= 0",
                "DELETE FROM reader WHERE expires > 0 AND expires < :over",
                "DELETE FROM ask WHERE state <> 0 AND asked < :forgotten",
            ] { _ = try db.run(sql, parameters) }
        }
    }
}

/// What is done with accounts within a transaction.
enum Accounts {
    static func find(_ user: UserName, _ db: PostgresConnection) throws -> Int64? {
        try db.run("SELECT id FROM account WHERE name = :name", ["name": .user(user)]).first?.int("id")
    }

    /// Whoever changes what is a member's begins with this: others who would wait.
    static func lock(_ user: UserName, _ db: PostgresConnection) throws -> Int64? {
        try db.run("SELECT id FROM account WHERE name = :name FOR UPDATE", ["name": .user(user)]).first?.int("id")
    }

    /// Names of accounts and groups are one space: held while one is given or taken.
    static func lockNames(_ db: PostgresConnection) throws {
        _ = try db.run("SELECT pg_advisory_xact_lock(:lock)", ["lock": .int(0x4254_6E61)])
    }

    /// Enters the account where it is new. Time never goes back.
    static func note(_ sighting: Sighting, _ db: PostgresConnection) throws { try note([sighting], db) }

    /// - Parameter sightings: of each member one, in the order in which they are locked.
    static func note(_ sightings: ArraySlice<Sighting>, _ db: PostgresConnection) throws {
        _ = try db.run(
            """
            INSERT INTO account (name, origin, last_seen, seal)
            SELECT name, 0, time, seal FROM unnest(:names, :times, :seals) WITH ORDINALITY
                AS seen (name, time, seal, place) ORDER BY place
            ON CONFLICT (name) DO UPDATE SET
                last_seen = greatest(account.last_seen, excluded.last_seen), seal = coalesce(excluded.seal, account.seal)
            """,
            [
                "names": .texts(sightings.map(\.user.text)), "times": .ints(sightings.map(\.time)),
                "seals": .allBytes(sightings.map { $0.seal?.bytes }),
            ])
    }

    static func device(_ device: DeviceID, of account: Int64, _ db: PostgresConnection) throws -> Int64? {
        try db.run(
            "SELECT id FROM device WHERE account = :account AND device = :device",
            ["account": .int(account), "device": .device(device)]
        ).first?.int("id")
    }

    static func tokens(of user: UserName, _ device: DeviceID, _ db: PostgresConnection) throws -> TokenPair? {
        let sql = """
            SELECT current, previous, expires FROM device JOIN account ON account.id = device.account
            WHERE account.name = :user AND device.device = :device
            """
        let row = try db.run(sql, ["user": .user(user), "device": .device(device)]).first
        guard let row, let current = try row.optionalHash("current") else { return nil }
        return TokenPair(current: current, previous: try row.optionalHash("previous"), expires: try row.int("expires"))
    }

    /// Removes what is beyond the devices of a member, never the one that just signed in.
    static func boundDevices(of user: UserName, besides device: DeviceID, _ db: PostgresConnection) throws {
        _ = try db.run(
            """
            DELETE FROM device WHERE id IN (
                SELECT device.id FROM device JOIN account ON account.id = device.account
                WHERE account.name = :user AND device.device <> :device
                ORDER BY expires DESC, device.id DESC OFFSET :kept)
            """,
            ["user": .user(user), "device": .device(device), "kept": .int(Int64(TokenPair.devicesPerMember - 1))])
    }

    /// Serials are given one after the other: who has the next one waits until this one is seen.
    static func enterRevocation(
        of user: UserName, issuedBefore: Int64, _ db: PostgresConnection
    ) throws -> Revocation {
        let serial = try db.run("UPDATE bittrickle SET revocations = revocations + 1 RETURNING revocations")[0]
            .int("revocations")
        _ = try db.run(
            "INSERT INTO revocation (serial, name, issued_before) VALUES (:serial, :name, :time)",
            ["serial": .int(serial), "name": .user(user), "time": .int(issuedBefore)])
        return Revocation(serial: serial, user: user, issuedBefore: issuedBefore)
    }
}
