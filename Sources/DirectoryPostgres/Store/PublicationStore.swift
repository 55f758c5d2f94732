package import Content
package import Directory
package import Wire

/// The catalogue as its owners see it.
extension DirectoryPostgres {
    package func publish(
        _ drafts: [PublicationDraft], by owner: UserName, at now: Int64, limit: Int64,
        isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [PublishResult] {
        try await write { [server = lease.server] db in
            try Accounts.note(Sighting(user: owner, time: 0), db)
            guard let account = try Accounts.lock(owner, db) else { throw ColumnFault.corrupt("name") }
            var room = Room(
                account: account, limit: limit, now: now, count: try Publications.count(of: account, db))
            let results = try room.publish(drafts, isOfFile: isOfFile, db)
            try room.enter(db)
            // The member's other devices are to know for whom it is from now on.
            let visibilities = drafts.compactMap(\.visibility)
            if !visibilities.isEmpty {
                let isRestricting = visibilities.contains { $0 != .everybody }
                try Notices.add(isRestricting ? .restricted : .asked, owner, from: server, db)
            }
            return results
        }
    }

    package func isAnyOpen(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> Bool {
        try await read { db in
            guard let account = try Accounts.find(owner, db) else { return false }
            let sql = """
                SELECT id FROM publication
                WHERE owner = :owner AND coalesce(parent, 0) = 0 AND name = :name AND visibility = 0
                """
            return try names.contains { name in
                try !db.run(sql, ["owner": .int(account), "name": .text(name.text)]).isEmpty
            }
        }
    }

    package func unpublish(_ names: [FileName], by owner: UserName)
        async throws(DirectoryStoreError) -> [PublicationID?]
    {
        try await write { db in
            guard let account = try Accounts.lock(owner, db) else { return names.map { _ in nil } }
            return try names.map { name in
                guard let id = try Publications.find(name, below: nil, account: account, db) else { return nil }
                try Removal.remove(id, db)
                return PublicationID(rawValue: id)
            }
        }
    }

    package func publications(of owner: UserName, after position: FileName?, limit: Int)
        async throws(DirectoryStoreError) -> [Publication]
    {
        try await read { db in
            guard let account = try Accounts.find(owner, db) else { return [] }
            let sql = """
                SELECT id, parent, name, visibility, root, size, is_parent FROM publication
                WHERE owner = :owner AND coalesce(parent, 0) = 0 AND name > :after
                    AND NOT EXISTS (SELECT 1 FROM dropped WHERE dropped.id = publication.id)
                ORDER BY name LIMIT :limit
                """
            let rows = try db.run(
                sql, ["owner": .int(account), "after": .text(position?.text ?? ""), "limit": .int(Int64(limit))])
            return try rows.map { row in
                Publication(
                    id: try row.publication("id"),
                    parent: try row.optionalInt("parent").map(PublicationID.init(rawValue:)),
                    name: try row.fileName("name"),
                    visibility: try Permissions.visibility(row.int("visibility"), of: row.int("id"), db),
                    content: try row.content(), isParent: try row.bool("is_parent"))
            }
        }
    }

    package func owned(_ ids: [PublicationID], by owner: UserName)
        async throws(DirectoryStoreError) -> [PublicationID]
    {
        try await read { db in
            let sql = """
                SELECT publication.id FROM publication JOIN account ON account.id = owner
                WHERE publication.id = ANY(:ids) AND account.name = :owner AND \(Removal.isKept)
                """
            let own = try Set(
                db.run(sql, ["ids": .ids(ids), "owner": .user(owner)]).map { try $0.publication("id") })
            return ids.filter(own.contains)
        }
    }

    package func hold(add: [HolderEntry], remove: [ContentID], user: UserName, device: DeviceID, limit: Int64)
        async throws(DirectoryStoreError) -> Bool
    {
        try await write { db in
            guard let account = try Accounts.lock(user, db), let device = try Accounts.device(device, of: account, db)
            else { throw DirectoryStoreError.failed(detail: "a device that never signed in holds nothing") }
            func parameters(_ content: ContentID) -> [String: PostgresValue] {
                ["root": .hash(content.root), "size": .int(content.sizeAndKind), "device": .int(device)]
            }
            let one = "holding WHERE root = :root AND size = :size AND device = :device"
            let fresh = try add.filter { try db.run("SELECT 1 FROM \(one)", parameters($0.content)).isEmpty }
            let count = try db.run(
                "SELECT count(*) AS count FROM holding WHERE device = :device", ["device": .int(device)])[0].int(
                    "count")
            guard count + Int64(fresh.count) <= limit else { return false }
            for content in remove { _ = try db.run("DELETE FROM \(one)", parameters(content)) }
            for entry in add {
                _ = try db.run(
                    """
                    INSERT INTO holding (root, size, device, origin, whole, restricted)
                    VALUES (:root, :size, :device, :origin, :whole, :restricted OR EXISTS (
                        SELECT 1 FROM publication WHERE id = :origin AND \(AccessSQL.isRestricted)))
                    ON CONFLICT (root, size, device) DO UPDATE SET
                        origin = excluded.origin, whole = excluded.whole, restricted = excluded.restricted
                    """,
                    parameters(entry.content).merging([
                        "origin": .int(entry.origin.rawValue), "whole": .bool(entry.isWhole),
                        "restricted": .bool(entry.isRestricted),
                    ]) { $1 })
            }
            return true
        }
    }
}

/// What is done with publications within a transaction.
enum Publications {
    static func folded(_ name: FileName) -> String { String(decoding: FoldedText.fold(name.text), as: UTF8.self) }

    static func count(of account: Int64, _ db: PostgresConnection) throws -> Int64 {
        try db.run("SELECT publications FROM account WHERE id = :id", ["id": .int(account)]).first?
            .int("publications") ?? 0
    }

    static func find(
        _ name: FileName, below parent: PublicationID?, account: Int64, _ db: PostgresConnection
    ) throws -> Int64? {
        try db.run(
            "SELECT id FROM publication WHERE owner = :owner AND coalesce(parent, 0) = :parent AND name = :name",
            ["owner": .int(account), "parent": .int(parent?.rawValue ?? 0), "name": .text(name.text)]
        ).first?.int("id")
    }

    /// What stands outermost above what is published below a parent; nil where nothing can be.
    static func top(for parent: PublicationID, account: Int64, _ db: PostgresConnection) throws -> Int64? {
        let top = try db.run(
            "SELECT coalesce(top, id) AS top FROM publication WHERE id = :id AND owner = :owner",
            ["id": .int(parent.rawValue), "owner": .int(account)]
        ).first?.int("top")
        return try depth(of: parent.rawValue, db) == nil ? nil : top
    }

    /// From a publication outwards: it first.
    static func above(_ publication: Int64, _ db: PostgresConnection) throws -> [Int64] {
        let sql = """
            WITH RECURSIVE above (id, parent, depth) AS (
                SELECT id, parent, 1 FROM publication WHERE id = :id UNION ALL
                SELECT publication.id, publication.parent, depth + 1
                FROM publication JOIN above ON publication.id = above.parent WHERE depth <= :depth
            )
            SELECT id FROM above ORDER BY depth
            """
        return try db.run(
            sql, ["id": .int(publication), "depth": .int(Int64(FileTreeEntry.maximumDepth))]
        ).map { try $0.int("id") }
    }

    /// How far below its top a publication stands, counted from one; nil beyond what is allowed, and where it was removed
    /// with what stands above it.
    static func depth(of publication: Int64, _ db: PostgresConnection) throws -> Int? {
        let above = try above(publication, db)
        guard let outermost = above.last, above.count <= FileTreeEntry.maximumDepth else { return nil }
        let isDropped = try !db.run("SELECT 1 FROM dropped WHERE id = :id", ["id": .int(outermost)]).isEmpty
        return isDropped ? nil : above.count - 1
    }
}
