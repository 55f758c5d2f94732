package import Content
package import Directory
import Foundation
import GRDB
package import Wire

/// Who may see what, and who asks for it.
extension DirectorySQLite {
    package func grants(
        of content: ContentID, for viewer: Viewer, limit: Int
    ) async throws(DirectoryStoreError) -> [PublicationID] {
        try await read { db in
            let sql = """
                SELECT id FROM publication WHERE \(Lookup.hasContent) AND \(AccessSQL.isGranted) AND \(Self.isKept)
                ORDER BY owner = :me, id DESC LIMIT :limit
                """
            var arguments = try AccessSQL.arguments(viewer, db)
            _ = arguments.append(contentsOf: [
                "root": Data.blob(content.root), "size": content.sizeAndKind, "limit": limit,
            ])
            return try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
                .map(PublicationID.init(rawValue:))
        }
    }

    package func publishers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [UserName] {
        try await read { db in
            let sql = """
                SELECT DISTINCT account.name AS name FROM publication JOIN account ON account.id = owner
                WHERE \(Lookup.hasContent) AND NOT \(AccessSQL.isRestricted) AND \(Self.isKept)
                ORDER BY account.name LIMIT :limit
                """
            return try Row.fetchAll(
                db.cachedStatement(sql: sql),
                arguments: ["root": Data.blob(content.root), "size": content.sizeAndKind, "limit": limit]
            ).map { try $0.userName("name") }
        }
    }

    package func firstUnknown(
        of readers: [UserName], isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> Int? {
        try await read { db in
            try readers.firstIndex { try !Self.isKnown($0, db) && !isOfFile($0) }
        }
    }

    package func ask(
        for publication: PublicationID, by viewer: Viewer, limits: AskLimits
    ) async throws(DirectoryStoreError) -> Asking {
        try await writer.write { db in
            try Self.note(Sighting(user: viewer.user, time: 0), db)
            guard let account = try Self.account(of: viewer.user, db) else { throw ColumnFault.corrupt("name") }
            let sql = """
                SELECT account.name AS owner, owner AS owner_id, \(AccessSQL.access)
                FROM publication JOIN account ON account.id = owner
                WHERE publication.id = :id AND \(AccessSQL.isVisible) AND \(Self.isKept)
                """
            var arguments = try AccessSQL.arguments(viewer, db)
            _ = arguments.append(contentsOf: ["id": publication.rawValue])
            guard let row = try Row.fetchOne(db, sql: sql, arguments: arguments) else { return .noSuchPublication }
            guard try row.access() == .locked else { return .notLocked }
            let owner = try row.userName("owner")
            if let former = try Row.fetchOne(
                db, sql: "SELECT id, state, asked FROM ask WHERE publication = ? AND account = ?",
                arguments: [publication.rawValue, account])
            {
                let state: Int64 = former["state"]
                if state == AskEntry.State.open.rawValue { return .asked(owner: owner, isNew: false) }
                let asked: Int64 = former["asked"]
                if state == AskEntry.State.refused.rawValue, viewer.now - asked < AskLimits.patience {
                    return .refusedBefore
                }
                try db.execute(sql: "DELETE FROM ask WHERE id = ?", arguments: [former["id"]])
            }
            let open = """
                SELECT count(*) FROM ask JOIN publication ON publication.id = publication
                WHERE state = 0 AND coalesce(parent, 0) = 0 AND
                """
            guard
                try Self.count("SELECT count(*) FROM ask WHERE state = 0 AND account = ?", account, db)
                    < limits.byMember
            else { return .tooMany(limit: limits.byMember) }
            guard try Self.count("\(open) owner = ?", row["owner_id"], db) < limits.toOwner
            else { return .tooMany(limit: limits.toOwner) }
            try db.execute(
                sql: "INSERT INTO ask (publication, account, asked, state) VALUES (?, ?, ?, 0)",
                arguments: [publication.rawValue, account, viewer.now])
            return .asked(owner: owner, isNew: true)
        }
    }

    private static func count(_ sql: String, _ account: Int64, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: sql, arguments: [account]) ?? 0
    }

    package func asks(of owner: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry] {
        try await entries(
            """
            SELECT ask.id AS id, publication, publication.name AS title, asker.name AS member, asked, state
            FROM ask JOIN publication ON publication.id = publication
            JOIN account ON account.id = owner JOIN account AS asker ON asker.id = ask.account
            WHERE account.name = ? AND coalesce(parent, 0) = 0 AND state = 0 AND ask.id > ? ORDER BY ask.id LIMIT ?
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
            WHERE account.name = ? AND ask.id > ? ORDER BY ask.id LIMIT ?
            """, member, after: id, limit: limit)
    }

    private func entries(_ sql: String, _ user: UserName, after id: Int64, limit: Int)
        async throws(DirectoryStoreError) -> [AskEntry]
    {
        try await read { db in
            try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [user.text, id, limit]).map { row in
                guard let state = AskEntry.State(rawValue: row["state"]) else { throw ColumnFault.corrupt("state") }
                return AskEntry(
                    id: row["id"], publication: PublicationID(rawValue: row["publication"]),
                    name: try row.fileName("title"), member: try row.userName("member"), time: row["asked"],
                    state: state)
            }
        }
    }

    package func answer(
        ask id: Int64, _ verdict: Verdict, by owner: UserName, at now: Int64
    ) async throws(DirectoryStoreError) -> AskAnswering {
        try await writer.write { db in
            let sql = """
                SELECT publication, asker.name AS member
                FROM ask JOIN publication ON publication.id = publication
                JOIN account ON account.id = owner JOIN account AS asker ON asker.id = ask.account
                WHERE ask.id = ? AND account.name = ? AND state = 0
                """
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [id, owner.text]) else { return .noSuchAsk }
            let member = try row.userName("member")
            let publication: Int64 = row["publication"]
            if verdict == .always {
                let stored = try Int64.fetchOne(
                    db, sql: "SELECT visibility FROM publication WHERE id = ?", arguments: [publication])
                guard case .restricted(let readers) = try Self.visibility(stored ?? 0, of: publication, db),
                    Readers(readers.names + [member], isListed: readers.isListed) != nil
                else { return .tooManyReaders }
            }
            if verdict != .refuse {
                try Self.insertReader(
                    member, of: publication, expires: verdict == .always ? 0 : now + Verdict.onceLifetime, db)
            }
            let state: AskEntry.State = verdict == .refuse ? .refused : .granted
            // From now on the time of the answer counts.
            try db.execute(
                sql: "UPDATE ask SET state = ?, asked = ? WHERE id = ?", arguments: [state.rawValue, now, id])
            return .answered(member)
        }
    }

    // MARK: Within a transaction

    /// Replaces those for whom a publication is.
    static func setReaders(_ visibility: Visibility, of publication: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM reader WHERE publication = ?").execute(arguments: [publication])
        guard case .restricted(let readers) = visibility else { return }
        for name in readers.names { try insertReader(name, of: publication, expires: 0, db) }
    }

    private static func insertReader(_ name: UserName, of publication: Int64, expires: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO reader (publication, name, expires) VALUES (?, ?, ?)
                ON CONFLICT (publication, name) DO UPDATE SET
                    expires = iif(expires = 0, 0, iif(excluded.expires = 0, 0, max(expires, excluded.expires)))
                """
        ).execute(arguments: [publication, name.text, expires])
    }

    /// Those whom the owner named.
    static func visibility(_ stored: Int64, of publication: Int64, _ db: Database) throws -> Visibility {
        guard stored != 0 else { return .everybody }
        let sql = "SELECT name FROM reader WHERE publication = ? AND expires = 0 ORDER BY name"
        let names = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [publication]).map {
            try $0.userName("name")
        }
        guard let readers = Readers(names, isListed: stored == 2) else { throw ColumnFault.corrupt("visibility") }
        return .restricted(readers)
    }

    /// Which of the readers nobody knows, the first of them; nil where each is a group, a member who was invited, or one of
    /// the credentials file: he gets a row, so that his name never becomes another one's.
    static func firstUnknown(
        of visibility: Visibility?, isOfFile: (UserName) -> Bool, _ db: Database
    ) throws -> Int? {
        guard case .restricted(let readers)? = visibility else { return nil }
        for (index, name) in readers.names.enumerated() {
            if try isKnown(name, db) { continue }
            guard isOfFile(name) else { return index }
            try note(Sighting(user: name, time: 0), db)
        }
        return nil
    }

    /// Whether it is a group, or a member who was invited.
    private static func isKnown(_ name: UserName, _ db: Database) throws -> Bool {
        if try group(name, db) != nil { return true }
        let invited = try db.cachedStatement(sql: "SELECT 1 FROM account WHERE name = ? AND origin = 1")
        return try Bool.fetchOne(invited, arguments: [name.text]) == true
    }
}

extension Visibility {
    /// 0 everybody, 1 some, 2 some, and listed for the others.
    var stored: Int64 {
        switch self {
        case .everybody: 0
        case .restricted(let readers): readers.isListed ? 2 : 1
        }
    }
}
