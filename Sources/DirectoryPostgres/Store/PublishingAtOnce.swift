import Content
import Directory
import Wire

/// Drafts of which each has a place of its own, in as many statements as one has. Nobody else changes what is the owner's:
/// his account is locked.
extension Room {
    private struct Place: Hashable {
        let parent: Int64
        let name: FileName

        init(_ draft: PublicationDraft) { (parent, name) = (draft.parent?.rawValue ?? 0, draft.name) }

        init(_ row: PostgresRow) throws { (parent, name) = (try row.int("parent"), try row.fileName("name")) }
    }

    /// Nil, and nothing is done, where they are to be taken one by one.
    mutating func publishAtOnce(
        _ drafts: [PublicationDraft], isOfFile: (UserName) -> Bool, _ db: PostgresConnection
    ) throws -> [PublishResult]? {
        guard drafts.count > 1, Set(drafts.map(Place.init)).count == drafts.count else { return nil }
        let present = try taken(by: drafts, db)
        let isAnotherKind = drafts.contains { draft in
            present[Place(draft)].map { $0.isParent != draft.isParent } ?? false
        }
        guard !isAnotherKind, count + Int64(drafts.count - present.count) <= limit else { return nil }

        var refused: [Place: PublishResult] = [:]
        for draft in drafts {
            if let unknown = try Permissions.firstUnknown(of: draft.visibility, isOfFile: isOfFile, db) {
                refused[Place(draft)] = .refused(.noSuchReader(Int64(unknown)))
            } else if let parent = draft.parent {
                tops[parent] = try outermost(for: draft, db)
                if tops[parent] == nil { refused[Place(draft)] = .refused(.noSuchPublication) }
            }
        }
        let accepted = drafts.filter { refused[Place($0)] == nil }
        var ids = present.mapValues(\.id)
        for (place, id) in try insert(accepted.filter { ids[Place($0)] == nil }, db) { ids[place] = id }
        try update(accepted.compactMap { draft in present[Place(draft)].map { (draft, $0.id) } }, db)
        for draft in accepted {
            guard let visibility = draft.visibility, let id = ids[Place(draft)] else { continue }
            // What is new is for everybody.
            if visibility != .everybody || present[Place(draft)] != nil { try Permissions.show(id, visibility, db) }
        }
        return try drafts.map { draft in
            if let refusal = refused[Place(draft)] { return refusal }
            guard let id = ids[Place(draft)] else { throw ColumnFault.corrupt("id") }
            return .published(PublicationID(rawValue: id))
        }
    }

    /// Which of their places are taken.
    private func taken(
        by drafts: [PublicationDraft], _ db: PostgresConnection
    ) throws -> [Place: (id: Int64, isParent: Bool)] {
        let sql = """
            SELECT id, asked.parent, publication.name, is_parent FROM unnest(:parents, :names) AS asked (parent, name)
            JOIN publication ON owner = :owner AND coalesce(publication.parent, 0) = asked.parent
                AND publication.name = asked.name
            """
        let parameters: [String: PostgresValue] = [
            "owner": .int(account), "parents": .ints(drafts.map { $0.parent?.rawValue ?? 0 }),
            "names": .texts(drafts.map(\.name.text)),
        ]
        var taken: [Place: (id: Int64, isParent: Bool)] = [:]
        for row in try db.run(sql, parameters) {
            taken[try Place(row)] = (try row.int("id"), try row.bool("is_parent"))
        }
        return taken
    }

    private mutating func insert(_ drafts: [PublicationDraft], _ db: PostgresConnection) throws -> [(Place, Int64)] {
        guard !drafts.isEmpty else { return [] }
        let sql = """
            INSERT INTO publication
                (owner, parent, name, folded, visibility, root, size, top, is_parent, length, published)
            SELECT :owner, parent, name, folded, 0, root, size, top, is_parent, length, :now
            FROM unnest(:parents, :names, :folded, :roots, :sizes, :tops, :around, :lengths) WITH ORDINALITY
                AS draft (parent, name, folded, root, size, top, is_parent, length, place)
            ORDER BY place RETURNING id, coalesce(parent, 0) AS parent, name
            """
        let rows = try db.run(
            sql,
            [
                "owner": .int(account), "now": .int(now), "parents": .ints(drafts.map { $0.parent?.rawValue }),
                "names": .texts(drafts.map(\.name.text)), "folded": .texts(drafts.map { Publications.folded($0.name) }),
                "roots": .allBytes(drafts.map { $0.content?.root.bytes }),
                "sizes": .ints(drafts.map { $0.content?.sizeAndKind }),
                "tops": .ints(drafts.map { draft in draft.parent.flatMap { tops[$0] } }),
                "around": .bools(drafts.map(\.isParent)), "lengths": .ints(drafts.map(\.size)),
            ])
        count += Int64(rows.count)
        added += Int64(rows.count)
        return try rows.map { (try Place($0), try $0.int("id")) }
    }

    private func update(_ drafts: [(draft: PublicationDraft, id: Int64)], _ db: PostgresConnection) throws {
        guard !drafts.isEmpty else { return }
        // What is hashed is not newer for that.
        let sql = """
            UPDATE publication SET root = draft.root, size = draft.size, length = draft.length,
                published = CASE WHEN publication.root IS NULL OR publication.root IS NOT DISTINCT FROM draft.root
                    AND publication.size IS NOT DISTINCT FROM draft.size THEN published ELSE :now END
            FROM unnest(:ids, :roots, :sizes, :lengths) AS draft (id, root, size, length)
            WHERE publication.id = draft.id
            """
        _ = try db.run(
            sql,
            [
                "now": .int(now), "ids": .ints(drafts.map(\.id)),
                "roots": .allBytes(drafts.map { $0.draft.content?.root.bytes }),
                "sizes": .ints(drafts.map { $0.draft.content?.sizeAndKind }),
                "lengths": .ints(drafts.map(\.draft.size)),
            ])
    }
}
