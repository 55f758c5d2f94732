package import Directory
import Foundation
import GRDB
import Glibc

/// A backup: a whole copy of the database as of one moment, with one table more, which holds other files.
package enum StoreBackup {
    private static let table = "state_file"

    /// Copies a database, whether a server has it open or not; who writes it meanwhile is not held up.
    ///
    /// - Parameters:
    ///   - copy: An empty file, which becomes a database by itself: nothing belongs beside it.
    ///   - files: By their names.
    package static func make(
        of path: String, into copy: String, with files: [String: [UInt8]]
    ) throws(DirectoryStoreError) -> StoreTotals {
        do {
            let source = try DirectorySQLite.lookingAt(path, isCopy: false)
            try source.read { db in try DirectorySQLite.recognise(db, path: path) }
            let queue = try DatabaseQueue(path: copy)
            // In one step, so that no change comes between.
            try source.backup(to: queue)
            try source.close()
            let totals = try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = MEMORY")
                try db.execute(
                    sql: "CREATE TABLE \(table) (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID")
                for (name, bytes) in files {
                    try db.execute(
                        sql: "INSERT INTO \(table) (name, bytes) VALUES (?, ?)", arguments: [name, Data(bytes)])
                }
                try StoreCheck.demandSound(db)
                return try StoreTotals(db)
            }
            try queue.close()
            return totals
        } catch { throw DirectoryStoreError(error, path: path) }
    }

    /// The files in a backup; nil for a database that is none.
    package static func files(in path: String) throws(DirectoryStoreError) -> [String: [UInt8]]? {
        do {
            let queue = try DirectorySQLite.lookingAt(path, isCopy: true)
            let files = try queue.read { db -> [String: [UInt8]]? in
                try DirectorySQLite.recognise(db, path: path)
                guard try db.tableExists(table) else { return nil }
                let rows = try Row.fetchAll(db, sql: "SELECT name, bytes FROM \(table)")
                return Dictionary(rows.map { row in (row["name"], Array(row["bytes"] as Data)) }) { first, _ in first }
            }
            try queue.close()
            return files
        } catch { throw DirectoryStoreError(error, path: path) }
    }

    /// The database of a backup alone, as a server has it: no byte of the files is left in it.
    ///
    /// - Parameter copy: As for ``make(of:into:with:)``.
    package static func extract(_ path: String, into copy: String) throws(DirectoryStoreError) {
        do {
            let source = try DirectorySQLite.lookingAt(path, isCopy: true)
            let queue = try DatabaseQueue(path: copy)
            try source.backup(to: queue)
            try source.close()
            try queue.writeWithoutTransaction { db in
                try db.execute(
                    sql: "PRAGMA journal_mode = MEMORY; PRAGMA secure_delete = ON; DROP TABLE IF EXISTS \(table)")
            }
            try queue.close()
        } catch { throw DirectoryStoreError(error, path: copy) }
    }
}
