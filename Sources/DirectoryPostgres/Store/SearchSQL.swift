import Content
import Directory
import Wire

/// A search as a statement: names by trigrams, and presence and permissions in the same query.
///
/// In the order of ids, of which as many are found as an order holds within; what comes behind is another go. Words too short
/// for a trigram narrow nothing down, so that only so many names are looked at in one go.
struct SearchSQL: Sendable {
    private let query: SearchQuery
    private let conditions: [String]
    private let patterns: [String: String]
    private let bytes: [String: [UInt8]]
    private let isBounded: Bool

    /// Names that are looked at in one go.
    private static let window: Int64 = 250_000
    /// Letters of which the index knows where they stand, one after the other.
    private static let trigram = 3

    /// Nil where nothing can be found.
    init?(_ query: SearchQuery) {
        self.query = query
        var conditions: [String] = []
        var patterns: [String: String] = [:]
        var bytes: [String: [UInt8]] = [:]
        var hasTrigram = false
        for (number, word) in query.words.enumerated() where !word.isEmpty {
            if let folded = FoldedText.fold(word) {
                let text = String(decoding: folded, as: UTF8.self)
                conditions.append("folded LIKE :word\(number)")
                patterns["word\(number)"] = "%\(Self.escaped(text))%"
                hasTrigram = hasTrigram || Self.longestRun(text) >= Self.trigram
            } else if query.ignoresCase {
                return nil
            }
            guard !query.ignoresCase else { continue }
            conditions.append("position(:bytes\(number) IN convert_to(name, 'UTF8')) > 0")
            bytes["bytes\(number)"] = word
        }
        let endings = query.extensions.map {
            "%" + Self.escaped(String(decoding: FoldedText.fold("." + $0), as: UTF8.self))
        }
        if !endings.isEmpty {
            conditions.append(
                "(\(endings.indices.map { "folded LIKE :ending\($0)" }.joined(separator: " OR ")))")
            for (number, ending) in endings.enumerated() { patterns["ending\(number)"] = ending }
        }
        if query.owner != nil { conditions.append("owner = (SELECT id FROM account WHERE name = :owner)") }
        if query.sizes != nil { conditions.append("\(Self.size) BETWEEN :smallest AND :largest") }
        if query.times != nil { conditions.append("published BETWEEN :earliest AND :latest") }
        // What is not told of what is locked is asked for.
        if query.sizes != nil || query.times != nil { conditions.append("\(AccessSQL.access) <> 2") }
        self.conditions = conditions
        self.patterns = patterns
        self.bytes = bytes
        isBounded = !hasTrigram && query.owner == nil
    }

    /// In bytes; null where it is not known.
    private static let size = "coalesce(size & \(ContentID.size(of: .max)), length)"

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// Of letters and digits: of other characters the index knows nothing.
    private static func longestRun(_ text: String) -> Int {
        text.split { !$0.isLetter && !$0.isNumber }.map(\.count).max() ?? 0
    }

    func find(for viewer: Viewer, from start: Int64, _ db: PostgresConnection) throws -> SearchFindings {
        let end = try isBounded ? self.end(from: start, db) : nil
        var parameters = AccessSQL.parameters(
            viewer, ["from": .int(start), "limit": .int(Int64(SearchFindings.limit)), "owner": .user(query.owner)])
        for (name, pattern) in patterns { parameters[name] = .text(pattern) }
        for (name, bytes) in bytes { parameters[name] = .bytes(bytes) }
        for (name, number) in [
            ("smallest", query.sizes?.lowerBound), ("largest", query.sizes?.upperBound),
            ("earliest", query.times?.lowerBound), ("latest", query.times?.upperBound), ("until", end),
        ] { parameters[name] = .optional(number) }
        let all =
            ["id > :from"] + (end == nil ? [] : ["id <= :until"]) + ["owner <> \(AccessSQL.me)"] + conditions
            + [PresenceSQL.isActive, AccessSQL.isVisible]
        let rows = try db.run(
            """
            WITH found AS (
                SELECT id, name, root, \(Self.size) AS bytes, size, published, \(AccessSQL.access) AS access
                FROM publication WHERE \(all.joined(separator: " AND ")) ORDER BY id LIMIT :limit
            )
            SELECT id, name, root, size, access FROM found ORDER BY \(order)
            """, parameters, prepares: false)
        let found = try rows.map { row in
            Found(
                id: try row.publication("id"), name: try row.text("name"), content: try row.content(),
                isLocked: try row.access() == .locked)
        }
        let isFull = found.count >= SearchFindings.limit
        let next = isFull ? found.map(\.id.rawValue).max() : end
        guard query.order == .holders else { return SearchFindings(ids: found.map(\.id), next: next) }
        let counts = try Self.holders(of: Set(found.compactMap(\.content)), db)
        let sorted = found.map { ($0, $0.content.flatMap { counts[$0] } ?? 1) }.sorted(by: comesFirst)
        return SearchFindings(ids: sorted.map(\.0.id), holders: sorted.map(\.1), next: next)
    }

    private struct Found {
        let id: PublicationID
        let name: String
        let content: ContentID?
        let isLocked: Bool
    }

    /// The last id of a go that looks at so many; nil where it comes to the end.
    private func end(from start: Int64, _ db: PostgresConnection) throws -> Int64? {
        try db.run(
            "SELECT max(id) AS last FROM publication HAVING max(id) > :start + :window",
            ["start": .int(start), "window": .int(Self.window)]
        ).isEmpty ? nil : start + Self.window
    }

    /// What has no key comes last, whichever way round; what is equal, by its name, and then by its id.
    private var order: String {
        let key: String? =
            switch query.order {
            case .name, .holders: nil
            case .size: "bytes"
            case .age: "-published"
            }
        guard let key else { return query.isReversed ? "name DESC, id" : "name, id" }
        return
            "CASE WHEN access = 2 THEN NULL ELSE \(key) END \(query.isReversed ? "DESC" : "ASC") NULLS LAST, name, id"
    }

    private func comesFirst(_ left: (Found, Int64), _ right: (Found, Int64)) -> Bool {
        if left.0.isLocked != right.0.isLocked { return right.0.isLocked }
        if !left.0.isLocked, left.1 != right.1 { return query.isReversed ? left.1 < right.1 : left.1 > right.1 }
        if left.0.name.utf8.elementsEqual(right.0.name.utf8) { return left.0.id < right.0.id }
        return left.0.name.utf8.lexicographicallyPrecedes(right.0.name.utf8)
    }

    /// How many active members have each of some contents: whoever has one that is not for everybody is counted only with
    /// what he publishes himself.
    private static func holders(of contents: Set<ContentID>, _ db: PostgresConnection) throws -> [ContentID: Int64] {
        guard !contents.isEmpty else { return [:] }
        let contents = Array(contents)
        let rows = try db.run(
            """
            WITH asked AS (SELECT * FROM unnest(:roots, :sizes) AS asked (root, size))
            SELECT root, size, count(*) AS count FROM (
                SELECT publication.root, publication.size, owner FROM publication JOIN asked
                    ON publication.root = asked.root AND publication.size = asked.size
                WHERE \(PresenceSQL.isActive) AND NOT \(AccessSQL.isRestricted)
                UNION
                SELECT holding.root, holding.size, device.account FROM holding JOIN asked
                    ON holding.root = asked.root AND holding.size = asked.size
                JOIN device ON device.id = holding.device JOIN account ON account.id = device.account
                WHERE \(PresenceSQL.isThere) AND NOT restricted AND NOT \(DirectoryPostgres.hasRestrictedOrigin)
            ) AS holder GROUP BY root, size
            """,
            ["roots": .allBytes(contents.map(\.root.bytes)), "sizes": .ints(contents.map(\.sizeAndKind))],
            prepares: false)
        var counts: [ContentID: Int64] = [:]
        for row in rows { if let content = try row.content() { counts[content] = max(1, try row.int("count")) } }
        return counts
    }
}
