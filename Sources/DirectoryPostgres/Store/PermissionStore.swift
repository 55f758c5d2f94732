package import Content
package import Directory
package import Wire

/// Who may see what, and who asks for it.
extension DirectoryPostgres {
    package func grants(
        of content: ContentID, for viewer: Viewer, limit: Int
    ) async throws(DirectoryStoreError) -> [PublicationID] {
        try await read { db in
            let sql = """
                SELECT id FROM publication
                WHERE root = :root AND size = :size AND \(AccessSQL.isGranted) AND \(Removal.isKept)
                ORDER BY owner = \(AccessSQL.me), id DESC LIMIT :limit
                """
            return try db.run(
                sql,
                AccessSQL.parameters(
                    viewer,
                    [
                        "root": .hash(content.root), "size": .int(content.sizeAndKind), "limit": .int(Int64(limit)),
                    ])
            ).map { try $0.publication("id") }
        }
    }

    package func publishers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [UserName] {
        try await read { db in
            try db.run(
                """
                SELECT DISTINCT account.name AS name FROM publication JOIN account ON account.id = owner
                WHERE root = :root AND size = :size AND NOT \(AccessSQL.isRestricted) AND \(Removal.isKept)
                ORDER BY account.name LIMIT :limit
                """,
                ["root": .hash(content.root), "size": .int(content.sizeAndKind), "limit": .int(Int64(limit))]
            ).map { try $0.userName("name") }
        }
    }

    package func firstUnknown(
        of readers: [UserName], isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> Int? {
        try await read { db in
            try readers.firstIndex { try !Permissions.isKnown($0, db) && !isOfFile($0) }
        }
    }

    package func ask(
        for publication: PublicationID, by viewer: Viewer, limits: AskLimits
    ) async throws(DirectoryStoreError) -> Asking {
        try await write { [server = lease.server] db in
            try Accounts.note(Sighting(user: viewer.user, time: 0), db)
            guard let account = try Accounts.lock(viewer.user, db) else { throw ColumnFault.corrupt("name") }
            let sql = """
                SELECT account.name AS owner, owner AS owner_id, \(AccessSQL.access) AS access
                FROM publication JOIN account ON account.id = owner
                WHERE publication.id = :id AND \(AccessSQL.isVisible) AND \(Removal.isKept)
                """
            let found = try db.run(sql, AccessSQL.parameters(viewer, ["id": .int(publication.rawValue)]))
            guard let row = found.first else { return .noSuchPublication }
            guard try row.access() == .locked else { return .notLocked }
            let owner = try row.userName("owner")
            let parameters: [String: PostgresValue] = [
                "publication": .int(publication.rawValue), "account": .int(account), "now": .int(viewer.now),
                "owner": .int(try row.int("owner_id")),
            ]
            let former = "ask WHERE publication = :publication AND account = :account"
            if let former = try db.run("SELECT state, asked FROM \(former)", parameters).first {
                let state = try former.int("state")
                if state == AskEntry.State.open.rawValue { return .asked(owner: owner, isNew: false) }
                if state == AskEntry.State.refused.rawValue,
                    viewer.now - (try former.int("asked")) < AskLimits.patience
                {
                    return .refusedBefore
                }
            }
            _ = try db.run("DELETE FROM \(former)", parameters)
            let counts = try db.run(
                """
                SELECT (SELECT count(*) FROM ask WHERE state = 0 AND account = :account) AS mine,
                    (SELECT count(*) FROM ask JOIN publication ON publication.id = publication
                        WHERE state = 0 AND coalesce(parent, 0) = 0 AND owner = :owner) AS theirs
                """, parameters)[0]
            guard try counts.int("mine") < limits.byMember else { return .tooMany(limit: limits.byMember) }
            guard try counts.int("theirs") < limits.toOwner else { return .tooMany(limit: limits.toOwner) }
            _ = try db.run(
                "INSERT INTO ask (publication, account, asked, state) VALUES (:publication, :account, :now, 0)",
                parameters)
            try Notices.add(.asked, owner, from: server, db)
            return .asked(owner: owner, isNew: true)
        }
    }

    package func asks(of owner: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry] {
        try await entries(
            """
            SELECT ask.id AS id, publication, publication.name AS title, asker.name AS member, asked, state
            FROM ask JOIN publication ON publication.id = publication
            JOIN account ON account.id = owner JOIN account AS asker ON asker.id = ask.account
            WHERE account.name = :user AND coalesce(parent, 0) = 0 AND state = 0 AND ask.id > :after
            ORDER BY ask.id LIMIT :limit
            """, owner, after: id, limit: limit)
    }

    package func asked(by member: UserName, after id: Int64, limit: Int)
        async throws(DirectoryStoreError) -> [AskEntry]
    {
        try await entries(
            """
            SELECT ask.id AS id, publication, publication.name AS title, holder.name AS member, asked, state
            FROM ask JOIN publication ON publication.id = publication
            JOIN account AS holder ON holder.id = owner JOIN account ON account.id = ask.account
            WHERE account.name = :user AND ask.id > :after ORDER BY ask.id LIMIT :limit
            """, member, after: id, limit: limit)
    }

    private func entries(_ sql: String, _ user: UserName, after id: Int64, limit: Int)
        async throws(DirectoryStoreError) -> [AskEntry]
    {
        try await read { db in
            try db.run(sql, ["user": .user(user), "after": .int(id), "limit": .int(Int64(limit))]).map { row in
                guard let state = AskEntry.State(rawValue: try row.int("state")) else {
                    throw ColumnFault.corrupt("state")
                }
                return AskEntry(
                    id: try row.int("id"), publication: try row.publication("publication"),
                    name: try row.fileName("title"), member: try row.userName("member"), time: try row.int("asked"),
                    state: state)
            }
        }
    }

    package func answer(
        ask id: Int64, _ verdict: Verdict, by owner: UserName, at now: Int64
    ) async throws(DirectoryStoreError) -> AskAnswering {
        try await write { [server = lease.server] db in
            _ = try Accounts.lock(owner, db)
            let sql = """
                SELECT publication, asker.name AS member, visibility
                FROM ask JOIN publication ON publication.id = publication
                JOIN account ON account.id = owner JOIN account AS asker ON asker.id = ask.account
                WHERE ask.id = :id AND account.name = :owner AND state = 0
                """
            guard let row = try db.run(sql, ["id": .int(id), "owner": .user(owner)]).first else { return .noSuchAsk }
            let (member, publication) = (try row.userName("member"), try row.int("publication"))
            if verdict == .always {
                guard
                    case .restricted(let readers) = try Permissions.visibility(
                        row.int("visibility"), of: publication, db),
                    Readers(readers.names + [member], isListed: readers.isListed) != nil
                else { return .tooManyReaders }
            }
            if verdict != .refuse {
                try Permissions.insertReader(
                    member, of: publication, expires: verdict == .always ? 0 : now + Verdict.onceLifetime, db)
            }
            let state: AskEntry.State = verdict == .refuse ? .refused : .granted
            // From now on the time of the answer counts.
            _ = try db.run(
                "UPDATE ask SET state = :state, asked = :now WHERE id = :id",
                ["state": .int(state.rawValue), "now": .int(now), "id": .int(id)])
            for user in [owner, member] { try Notices.add(.asked, user, from: server, db) }
            return .answered(member)
        }
    }
}

/// What is done with permissions within a transaction.
enum Permissions {
    /// Says who may see what stands at the top.
    static func show(_ publication: Int64, _ visibility: Visibility, _ db: PostgresConnection) throws {
        let (stored, names): (Int64, [UserName]) =
            switch visibility {
            case .everybody: (0, [])
            case .restricted(let readers): (readers.isListed ? 2 : 1, readers.names)
            }
        let id: [String: PostgresValue] = ["id": .int(publication), "stored": .int(stored)]
        _ = try db.run("UPDATE publication SET visibility = :stored WHERE id = :id", id)
        _ = try db.run("DELETE FROM reader WHERE publication = :id", id)
        for name in names { try insertReader(name, of: publication, expires: 0, db) }
    }

    static func insertReader(
        _ name: UserName, of publication: Int64, expires: Int64, _ db: PostgresConnection
    ) throws {
        _ = try db.run(
            """
            INSERT INTO reader (publication, name, expires) VALUES (:publication, :name, :expires)
            ON CONFLICT (publication, name) DO UPDATE SET expires = CASE
                WHEN reader.expires = 0 OR excluded.expires = 0 THEN 0
                ELSE greatest(reader.expires, excluded.expires) END
            """, ["publication": .int(publication), "name": .user(name), "expires": .int(expires)])
    }

    /// Those whom the owner named.
    static func visibility(_ stored: Int64, of publication: Int64, _ db: PostgresConnection) throws -> Visibility {
        guard stored != 0 else { return .everybody }
        let sql = "SELECT name FROM reader WHERE publication = :id AND expires = 0 ORDER BY name"
        let names = try db.run(sql, ["id": .int(publication)]).map { try $0.userName("name") }
        guard let readers = Readers(names, isListed: stored == 2) else { throw ColumnFault.corrupt("visibility") }
        return .restricted(readers)
    }

    /// Which of the readers nobody knows, the first of them; nil where each is a group, a member who was invited, or one of
    /// the credentials file: he gets a row, so that his name never becomes another one's.
    static func firstUnknown(
        of visibility: Visibility?, isOfFile: (UserName) -> Bool, _ db: PostgresConnection
    ) throws -> Int? {
        guard case .restricted(let readers)? = visibility else { return nil }
        for (index, name) in readers.names.enumerated() {
            if try isKnown(name, db) { continue }
            guard isOfFile(name) else { return index }
            try Accounts.note(Sighting(user: name, time: 0), db)
        }
        return nil
    }

    /// Whether it is a group, or a member who was invited.
    static func isKnown(_ name: UserName, _ db: PostgresConnection) throws -> Bool {
        try !db.run(
            """
            SELECT 1 FROM member_group WHERE name = :name
            UNION ALL SELECT 1 FROM account WHERE name = :name AND origin = 1
            """, ["name": .user(name)]
        ).isEmpty
    }
}
