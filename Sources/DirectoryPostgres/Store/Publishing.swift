import Content
import Directory
import Wire

/// What one owner publishes at once.
struct Room {
    let account: Int64
    let limit: Int64
    let now: Int64
    /// Of his publications.
    var count: Int64
    /// Those of them that his account's row does not count yet.
    var added: Int64 = 0
    /// Of the parents that were looked up.
    var tops: [PublicationID: Int64] = [:]

    mutating func enter(_ db: PostgresConnection) throws {
        guard added > 0 else { return }
        _ = try db.run(
            "UPDATE account SET publications = publications + :added WHERE id = :account",
            ["added": .int(added), "account": .int(account)])
        added = 0
    }

    /// One result for each draft. As a rule it is all done in a few statements; one by one only where that may be another
    /// thing: where a place is named twice, a file takes a folder's place or a folder a file's, or there is no room for all.
    mutating func publish(
        _ drafts: [PublicationDraft], isOfFile: (UserName) -> Bool, _ db: PostgresConnection
    ) throws -> [PublishResult] {
        if let results = try publishAtOnce(drafts, isOfFile: isOfFile, db) { return results }
        return try drafts.map { draft in
            if let unknown = try Permissions.firstUnknown(of: draft.visibility, isOfFile: isOfFile, db) {
                return PublishResult.refused(.noSuchReader(Int64(unknown)))
            }
            return try publish(draft, db)
        }
    }

    func outermost(for draft: PublicationDraft, _ db: PostgresConnection) throws -> Int64? {
        try draft.parent.flatMap { try tops[$0] ?? Publications.top(for: $0, account: account, db) }
    }

    private mutating func publish(_ draft: PublicationDraft, _ db: PostgresConnection) throws -> PublishResult {
        var top: Int64?
        if let parent = draft.parent {
            guard let known = try outermost(for: draft, db) else { return .refused(.noSuchPublication) }
            tops[parent] = known
            top = known
        }
        // As a rule it is new.
        if let id = try insert(draft, for: draft.visibility, below: top, db) { return .published(id) }
        let present = try db.run(
            """
            SELECT id, is_parent, visibility FROM publication
            WHERE owner = :owner AND coalesce(parent, 0) = :parent AND name = :name
            """,
            [
                "owner": .int(account), "parent": .int(draft.parent?.rawValue ?? 0), "name": .text(draft.name.text),
            ]
        ).first
        guard let present else { return .refused(.quotaReached(limit: limit)) }
        let id = try present.int("id")
        if try present.bool("is_parent") == draft.isParent {
            // What is hashed is not newer for that.
            _ = try db.run(
                """
                UPDATE publication SET root = :root, size = :size, length = :length,
                    published = CASE WHEN root IS NULL OR root IS NOT DISTINCT FROM :root
                        AND size IS NOT DISTINCT FROM :size THEN published ELSE :now END
                WHERE id = :id
                """,
                [
                    "root": .hash(draft.content?.root), "size": .optional(draft.content?.sizeAndKind),
                    "length": .optional(draft.size), "now": .int(now), "id": .int(id),
                ])
            if let visibility = draft.visibility { try Permissions.show(id, visibility, db) }
            return .published(PublicationID(rawValue: id))
        }
        // A file in a folder's place is for whom the folder was.
        let former = try draft.parent == nil ? Permissions.visibility(present.int("visibility"), of: id, db) : nil
        try Removal.remove(id, db)
        try enter(db)
        tops = [:]
        // What is cleared away later counts until then; its place is this one's all the same.
        count = min(try Publications.count(of: account, db), limit - 1)
        return try insert(draft, for: draft.visibility ?? former, below: top, db).map { .published($0) }
            ?? .refused(.quotaReached(limit: limit))
    }

    /// Nil where the place is taken, or there is no room.
    ///
    /// - Parameter visibility: nil for everybody.
    private mutating func insert(
        _ draft: PublicationDraft, for visibility: Visibility?, below top: Int64?, _ db: PostgresConnection
    ) throws -> PublicationID? {
        guard count < limit else { return nil }
        let row = try db.run(
            """
            INSERT INTO publication
                (owner, parent, name, folded, visibility, root, size, top, is_parent, length, published)
            VALUES (:owner, :parent, :name, :folded, 0, :root, :size, :top, :around, :length, :now)
            ON CONFLICT (owner, coalesce(parent, 0), name) DO NOTHING RETURNING id
            """,
            [
                "owner": .int(account), "parent": .optional(draft.parent?.rawValue), "name": .text(draft.name.text),
                "folded": .text(Publications.folded(draft.name)), "root": .hash(draft.content?.root),
                "size": .optional(draft.content?.sizeAndKind), "top": .optional(top), "around": .bool(draft.isParent),
                "length": .optional(draft.size), "now": .int(now),
            ]
        ).first
        guard let id = try row?.int("id") else { return nil }
        if let visibility, visibility != .everybody { try Permissions.show(id, visibility, db) }
        count += 1
        added += 1
        return PublicationID(rawValue: id)
    }
}
