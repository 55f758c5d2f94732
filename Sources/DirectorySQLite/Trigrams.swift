import GRDB

/// Substrings as questions to the trigram index.
enum Trigrams {
    /// Every name that contains the substring also holds these trigrams; the reverse is for `instr` to say.
    /// Nil where there are none: fewer than three characters, or bytes that are no text (a part of a character).
    ///
    /// Each trigram is a phrase of one token, as `detail = none` knows no longer ones; every third of them, and the
    /// last, cover the substring.
    static func query(for substring: [UInt8]) -> String? {
        guard let text = String(validating: substring, as: UTF8.self) else { return nil }
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 3 else { return nil }
        let starts = Array(stride(from: 0, through: scalars.count - 3, by: 3)) + [scalars.count - 3]
        return starts.map { start in
            var quoted = "\""
            for scalar in scalars[start..<start + 3] {
                if scalar == "\"" { quoted += "\"" }
                quoted.unicodeScalars.append(scalar)
            }
            return quoted + "\""
        }.joined(separator: " AND ")
    }

    /// Enters the names that are not in the index yet.
    static func catchUp(_ db: Database) throws {
        let until = try Int64.fetchOne(db.cachedStatement(sql: "SELECT until FROM indexed")) ?? 0
        let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM publication")) ?? 0
        guard last > until else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO publication_trigram (rowid, name)
                SELECT id, name FROM publication WHERE id > ? ORDER BY id
                """
        ).execute(arguments: [until])
        try db.cachedStatement(sql: "UPDATE indexed SET until = ?").execute(arguments: [last])
    }

    /// So few names that to fetch and sort them all is cheaper than to walk all names in their order.
    static let rareCount = 4_000

    static func isRare(_ query: String, _ db: Database) throws -> Bool {
        let sql = """
            SELECT count(*) FROM
                (SELECT 1 FROM publication_trigram WHERE publication_trigram MATCH ? LIMIT \(rareCount))
            """
        let count = try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [query]) ?? 0
        return count < rareCount
    }
}
