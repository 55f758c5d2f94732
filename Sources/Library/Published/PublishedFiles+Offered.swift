internal import Content
internal import FoundationEssentials
internal import GRDB
internal import Wire

/// What was put forward under a name and replaced before the directory had said what became of it: it may have taken
/// that, and only its answer was lost.
extension PublishedFiles {
    /// So many for each name: the latest, since what the directory lists is the last that it took.
    static var maximumOfferedCount: Int { 64 }

    /// Passes over what the directory agreed to.
    static func noteOffered(_ content: ContentID, _ name: FileName, _ database: Database) throws {
        let root = blob(content.root)
        // Offered again, it is the latest.
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO offered (name, root, size) SELECT name, ?, ? FROM file
                    WHERE name = ? AND (agreed_root IS NOT ? OR agreed_size IS NOT ?)
                """,
            arguments: [root, content.sizeAndKind, name.text, root, content.sizeAndKind])
        try database.execute(
            sql: """
                DELETE FROM offered WHERE name = ? AND number NOT IN (
                    SELECT number FROM offered WHERE name = ? ORDER BY number DESC LIMIT ?)
                """,
            arguments: [name.text, name.text, maximumOfferedCount])
    }

    static func settleOffered(_ name: FileName, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM offered WHERE name = ?", arguments: [name.text])
    }

    /// Of the files of which the condition holds, by name.
    static func offered(
        _ condition: String, _ arguments: StatementArguments, _ database: Database
    ) throws -> [String: Set<ContentID>] {
        var offered: [String: Set<ContentID>] = [:]
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT name, root, size FROM offered WHERE name IN (SELECT name FROM file WHERE \(condition))",
            arguments: arguments)
        for row in rows {
            guard let name: String = row["name"], let root: Data = row["root"], let size: Int64 = row["size"],
                let hash = Hash256(root), let content = ContentID(root: hash, sizeAndKind: size)
            else { continue }
            offered[name, default: []].insert(content)
        }
        return offered
    }
}
