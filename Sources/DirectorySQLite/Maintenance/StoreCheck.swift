package import Directory
import Foundation
import GRDB
import Wire

/// Whether a database is sound, looked at from another connection than the server's: it may run meanwhile.
package struct StoreCheck: Sendable {
    /// Of the file: sentences, none where it is sound.
    package private(set) var damage: [String] = []
    /// Of what is in it.
    package private(set) var faults: [String] = []
    package private(set) var totals = StoreTotals(members: 0, publications: 0)

    /// Beyond, they are only counted.
    private static let most = 100
    private var untold = 0

    /// - Parameter isCopy: Nobody writes it, and it may lie where nobody can.
    /// - Throws: where it cannot be looked at at all.
    package init(path: String, isCopy: Bool = false) throws(DirectoryStoreError) {
        do {
            let queue = try DirectorySQLite.lookingAt(path, isCopy: isCopy)
            // All of it as of one moment.
            try queue.read { db in try self.look(at: db, path: path) }
            try queue.close()
        } catch { throw DirectoryStoreError(error, path: path) }
        if untold > 0 { faults.append("\(untold) more of the kind are not listed.") }
    }

    /// Throws where the file is damaged: the quick look, which leaves the indexes out.
    static func demandSound(_ db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
        guard finding == "ok" else { throw DirectoryStoreError.corrupt(detail: line(finding)) }
    }

    /// SQLite says some things in several.
    private static func line(_ finding: String) -> String {
        finding.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private mutating func look(at db: Database, path: String) throws {
        try DirectorySQLite.recognise(db, path: path)
        do {
            for finding in try String.fetchAll(db, sql: "PRAGMA integrity_check(\(Self.most))") where finding != "ok" {
                damage.append("The file is damaged: \(Self.line(finding)).")
            }
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
                let number = (row["rowid"] as Int64?).map { " \($0)" } ?? ""
                add(
                    "Row\(number) of \(row["table"] ?? "?") belongs to a row of \(row["parent"] ?? "?") that is not there."
                )
            }
            // Of an older version only the file can be looked at: a server brings it to this one's form at its start.
            guard try Schema.migrator.hasCompletedMigrations(db) else { return }
            try lookAtAccounts(db)
            try lookAtPublications(db)
            try lookAtTrees(db)
            try lookAtLookup(db)
            totals = try StoreTotals(db)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            damage.append("The file is damaged: \(error.message ?? "a page cannot be read").")
        }
    }

    // MARK: What must hold

    private mutating func lookAtAccounts(_ db: Database) throws {
        let counts = """
            SELECT account.name AS name, account.publications AS counted, count(publication.id) AS there
            FROM account LEFT JOIN publication ON publication.owner = account.id
            GROUP BY account.id HAVING account.publications <> count(publication.id)
            """
        for row in try Row.fetchAll(db, sql: counts) {
            add(
                "\(row["name"] ?? "?") is said to have \(row["counted"] ?? 0) publications, and has \(row["there"] ?? 0)."
            )
        }
        for name in try String.fetchAll(db, sql: "SELECT name FROM account") where UserName(name) == nil {
            add("An account has a name that nobody can have: \(name.debugDescription).")
        }
        let names = "SELECT name FROM member_group WHERE name IN (SELECT name FROM account)"
        for name in try String.fetchAll(db, sql: names) { add("\(name) is a member and a group.") }
    }

    /// Each as the server reads it.
    private mutating func lookAtPublications(_ db: Database) throws {
        let sql = "SELECT id, name, root, size, id IN (SELECT id FROM dropped) AS is_dropped FROM publication"
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            do {
                // What is being removed has a name that none can have.
                if row["is_dropped"] == false { _ = try row.fileName("name") }
                _ = try row.content()
            } catch {
                add("Publication \(row["id"] ?? 0) has a name or a content that cannot be.")
            }
        }
    }

    private mutating func lookAtTrees(_ db: Database) throws {
        let below = "FROM publication AS inner JOIN publication AS around ON around.id = inner.parent WHERE"
        for id in try Int64.fetchAll(db, sql: "SELECT inner.id \(below) inner.owner <> around.owner") {
            add("Publication \(id) stands below one of another member.")
        }
        for id in try Int64.fetchAll(
            db, sql: "SELECT inner.id \(below) inner.top IS NOT coalesce(around.top, around.id)")
        { add("Publication \(id) does not know at whose top it stands.") }
        let outermost = """
            SELECT id FROM publication
            WHERE parent IS NULL AND top IS NOT NULL AND id NOT IN (SELECT id FROM dropped)
            """
        for id in try Int64.fetchAll(db, sql: outermost) { add("Publication \(id) lost what it stands below.") }
        let circles = """
            WITH RECURSIVE tree (id) AS (
                SELECT id FROM publication WHERE parent IS NULL
                UNION ALL SELECT publication.id FROM publication JOIN tree ON publication.parent = tree.id
            )
            SELECT (SELECT count(*) FROM publication) - (SELECT count(*) FROM tree)
            """
        let lost = try Int64.fetchOne(db, sql: circles) ?? 0
        if lost != 0 { add("\(lost) publications stand below nothing that is at the top.") }
    }

    /// The integrity check knows nothing of what triggers keep.
    private mutating func lookAtLookup(_ db: Database) throws {
        let sought = "EXISTS (SELECT 1 FROM lookup WHERE lookup.id = publication.id AND key ="
        let unfound = """
            SELECT id FROM publication WHERE NOT \(sought) name_key(name))
                OR root IS NOT NULL AND NOT \(sought) substr(root, 1, 8))
            """
        for id in try Int64.fetchAll(db, sql: unfound) {
            add("Publication \(id) is not found by its name or by its content.")
        }
        let surplus = "SELECT (SELECT count(*) FROM lookup) - (SELECT count(*) + count(root) FROM publication)"
        let count = try Int64.fetchOne(db, sql: surplus) ?? 0
        if count > 0 { add("Keys that lead to no publication: \(count).") }
    }

    private mutating func add(_ fault: String) {
        if faults.count < Self.most { faults.append(fault) } else { untold += 1 }
    }
}

extension DirectorySQLite {
    /// A connection that changes nothing. To a database that may be in use it may write all the same, so that it can take
    /// part in the write-ahead log, and leaves that as any other does.
    static func lookingAt(_ path: String, isCopy: Bool) throws -> DatabaseQueue {
        // Opening would make it.
        guard access(path, F_OK) == 0 else { throw DirectoryStoreError.failed(detail: "it is not there") }
        var configuration = configuration(PresenceView(), patience: 5)
        configuration.label = "look"
        configuration.readonly = isCopy
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
