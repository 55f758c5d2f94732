package import Content
package import Directory
import Foundation
import GRDB
package import Wire

/// The catalogue as its owners see it.
extension DirectorySQLite {
    package func publish(
        _ drafts: [PublicationDraft], by owner: UserName, at now: Int64, limit: Int64,
        isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [PublishResult] {
        try await writer.write { db in
            try Self.note(Sighting(user: owner, time: 0), db)
            guard let account = try Self.account(of: owner, db) else { throw ColumnFault.corrupt("name") }
            var room = Room(
                account: account, limit: limit, now: now,
                count: try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT publications FROM account WHERE id = ?"), arguments: [account]) ?? 0
            )
            let results = try drafts.map { draft in
                if let unknown = try Self.firstUnknown(of: draft.visibility, isOfFile: isOfFile, db) {
                    return PublishResult.refused(.noSuchReader(Int64(unknown)))
                }
                return try Self.publish(draft, in: &room, db)
            }
            try room.enter(db)
            return results
        }
    }

    package func isAnyOpen(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> Bool {
        try await read { db in
            guard let account = try Self.account(of: owner, db) else { return false }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT 1 FROM publication WHERE owner = ? AND coalesce(parent, 0) = 0 AND name = ? AND visibility = 0
                    """)
            return try names.contains { try Bool.fetchOne(statement, arguments: [account, $0.text]) ?? false }
        }
    }

    package func unpublish(_ names: [FileName], by owner: UserName)
        async throws(DirectoryStoreError) -> [PublicationID?]
    {
        try await writer.write { db in
            guard let account = try Self.account(of: owner, db) else { return names.map { _ in nil } }
            return try names.map { name in
                guard let id = try Self.publication(name, below: nil, account: account, db) else { return nil }
                try Self.remove(id, db)
                return PublicationID(rawValue: id)
            }
        }
    }

    package func publications(of owner: UserName, after position: FileName?, limit: Int)
        async throws(DirectoryStoreError) -> [Publication]
    {
        try await read { db in
            guard let account = try Self.account(of: owner, db) else { return [] }
            let sql = """
                SELECT id, parent, name, visibility, root, size, is_parent FROM publication
                WHERE owner = ? AND coalesce(parent, 0) = 0 AND name > ? AND id NOT IN (SELECT id FROM dropped)
                ORDER BY name LIMIT ?
                """
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: sql),
                arguments: [account, position?.text ?? "", limit])
            var publications: [Publication] = []
            while let row = try rows.next() { publications.append(try Self.publication(row, db)) }
            return publications
        }
    }

    package func owned(_ ids: [PublicationID], by owner: UserName)
        async throws(DirectoryStoreError) -> [PublicationID]
    {
        try await read { db in
            guard let account = try Self.account(of: owner, db) else { return [] }
            let statement = try db.cachedStatement(
                sql: "SELECT 1 FROM publication WHERE id = ? AND owner = ? AND \(Self.isKept)")
            return try ids.filter { try Bool.fetchOne(statement, arguments: [$0.rawValue, account]) ?? false }
        }
    }

    package func hold(add: [HolderEntry], remove: [ContentID], user: UserName, device: DeviceID, limit: Int64)
        async throws(DirectoryStoreError) -> Bool
    {
        try await writer.write { db in
            guard let device = try Self.device(device, of: user, db) else {
                throw DirectoryStoreError.failed(detail: "a device that never signed in holds nothing")
            }
            let present = try db.cachedStatement(
                sql: "SELECT 1 FROM holding WHERE root = ? AND size = ? AND device = ?")
            let fresh = try add.filter {
                try Bool.fetchOne(present, arguments: [Data.blob($0.content.root), $0.content.sizeAndKind, device])
                    == nil
            }
            let count = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM holding WHERE device = ?"), arguments: [device])
            guard (count ?? 0) + Int64(fresh.count) <= limit else { return false }
            let deletion = try db.cachedStatement(sql: "DELETE FROM holding WHERE root = ? AND size = ? AND device = ?")
            for content in remove {
                try deletion.execute(arguments: [Data.blob(content.root), content.sizeAndKind, device])
            }
            let insertion = try db.cachedStatement(
                sql: """
                    INSERT INTO holding (root, size, device, origin, whole, restricted) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (root, size, device) DO UPDATE SET
                        origin = excluded.origin, whole = excluded.whole, restricted = excluded.restricted
                    """)
            let restricted = try db.cachedStatement(
                sql: "SELECT 1 FROM publication WHERE id = ? AND \(AccessSQL.isRestricted)")
            for entry in add {
                let origin = entry.origin.rawValue
                let isRestricted =
                    try entry.isRestricted || Bool.fetchOne(restricted, arguments: [origin]) == true
                try insertion.execute(arguments: [
                    Data.blob(entry.content.root), entry.content.sizeAndKind, device, origin, entry.isWhole,
                    isRestricted,
                ])
            }
            return true
        }
    }

    // MARK: Within a transaction

    /// What one owner publishes at once.
    private struct Room {
        let account: Int64
        let limit: Int64
        let now: Int64
        /// Of his publications.
        var count: Int64
        /// Those of them that his account's row does not count yet.
        var added: Int64 = 0
        /// Of the parents that were looked up.
        var tops: [PublicationID: Int64] = [:]

        mutating func enter(_ db: Database) throws {
            guard added > 0 else { return }
            try db.cachedStatement(sql: "UPDATE account SET publications = publications + ? WHERE id = ?")
                .execute(arguments: [added, account])
            added = 0
        }
    }

    private static func publish(_ draft: PublicationDraft, in room: inout Room, _ db: Database) throws -> PublishResult
    {
        var top: Int64?
        if let parent = draft.parent {
            if let known = room.tops[parent] {
                top = known
            } else {
                guard let known = try Self.top(of: parent, account: room.account, db),
                    try Self.depth(of: parent.rawValue, db) != nil
                else { return .refused(.noSuchPublication) }
                room.tops[parent] = known
                top = known
            }
        }
        // As a rule it is new.
        if let id = try insert(draft, for: draft.visibility, below: top, in: &room, db) { return .published(id) }
        let present = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, is_parent, visibility FROM publication
                    WHERE owner = ? AND coalesce(parent, 0) = ? AND name = ?
                    """), arguments: [room.account, draft.parent?.rawValue ?? 0, draft.name.text])
        guard let present else { return .refused(.quotaReached(limit: room.limit)) }
        let id: Int64 = present["id"]
        let wasParent: Bool = present["is_parent"]
        if wasParent == draft.isParent {
            // What is hashed is not newer for that.
            let sql = """
                UPDATE publication SET root = ?1, size = ?2, length = ?3,
                    published = CASE WHEN root IS NULL OR root IS ?1 AND size IS ?2 THEN published ELSE ?4 END
                WHERE id = ?5
                """
            try db.cachedStatement(sql: sql).execute(arguments: [
                draft.content.map { Data.blob($0.root) }, draft.content?.sizeAndKind, draft.size, room.now, id,
            ])
            if let visibility = draft.visibility { try Self.show(id, visibility, db) }
            return .published(PublicationID(rawValue: id))
        }
        // A file in a folder's place is for whom the folder was.
        let former = try draft.parent == nil ? Self.visibility(present["visibility"], of: id, db) : nil
        try remove(id, db)
        try room.enter(db)
        room.tops = [:]
        let count = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT publications FROM account WHERE id = ?"), arguments: [room.account])
        // What is cleared away later counts until then; its place is this one's all the same.
        room.count = min(count ?? 0, room.limit - 1)
        return try insert(draft, for: draft.visibility ?? former, below: top, in: &room, db).map { .published($0) }
            ?? .refused(.quotaReached(limit: room.limit))
    }

    /// Nil where the place is taken, or there is no room.
    ///
    /// - Parameter visibility: nil for everybody.
    private static func insert(
        _ draft: PublicationDraft, for visibility: Visibility?, below top: Int64?, in room: inout Room, _ db: Database
    ) throws -> PublicationID? {
        guard room.count < room.limit else { return nil }
        try db.cachedStatement(
            sql: """
                INSERT INTO publication (owner, parent, name, visibility, root, size, top, is_parent, length, published)
                VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, coalesce(parent, 0), name) DO NOTHING
                """
        ).execute(arguments: [
            room.account, draft.parent?.rawValue, draft.name.text, draft.content.map { Data.blob($0.root) },
            draft.content?.sizeAndKind, top, draft.isParent, draft.size, room.now,
        ])
        guard db.changesCount > 0 else { return nil }
        let id = db.lastInsertedRowID
        if let visibility, visibility != .everybody { try show(id, visibility, db) }
        room.count += 1
        room.added += 1
        return PublicationID(rawValue: id)
    }

    /// How far below its top a publication stands; nil beyond what is allowed, and where it was removed with what stands
    /// above it.
    static func depth(of publication: Int64, _ db: Database) throws -> Int? {
        let parents = try db.cachedStatement(sql: "SELECT parent FROM publication WHERE id = ?")
        var outermost = publication
        var depth = 0
        while let id = try Int64.fetchOne(parents, arguments: [outermost]) {
            depth += 1
            guard depth < FileTreeEntry.maximumDepth else { return nil }
            outermost = id
        }
        let dropped = try db.cachedStatement(sql: "SELECT 1 FROM dropped WHERE id = ?")
        return try Bool.fetchOne(dropped, arguments: [outermost]) == nil ? depth : nil
    }

    /// Says who may see what stands at the top.
    private static func show(_ publication: Int64, _ visibility: Visibility, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE publication SET visibility = ? WHERE id = ?")
            .execute(arguments: [visibility.stored, publication])
        try setReaders(visibility, of: publication, db)
    }

    /// Nil where it is not this owner's.
    private static func top(of publication: PublicationID, account: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT coalesce(top, id) FROM publication WHERE id = ? AND owner = ?"),
            arguments: [publication.rawValue, account])
    }

    static func publication(
        _ name: FileName, below parent: PublicationID?, account: Int64, _ db: Database
    ) throws -> Int64? {
        let sql = "SELECT id FROM publication WHERE owner = ? AND coalesce(parent, 0) = ? AND name = ?"
        return try Int64.fetchOne(
            db.cachedStatement(sql: sql), arguments: [account, parent?.rawValue ?? 0, name.text])
    }

    private static func publication(_ row: Row, _ db: Database) throws -> Publication {
        let visibility = try visibility(row["visibility"], of: row["id"], db)
        let parent: Int64? = row["parent"]
        return Publication(
            id: PublicationID(rawValue: row["id"]), parent: parent.map(PublicationID.init(rawValue:)),
            name: try row.fileName("name"), visibility: visibility, content: try row.content(),
            isParent: row["is_parent"])
    }
}
