package import Directory
import Foundation
import GRDB

/// A database as it is at one moment, whoever goes on writing it.
package final class SQLiteSnapshot: Sendable {
    private let path: String
    private let snapshot: DatabaseSnapshot

    package init(path: String) throws(DirectoryStoreError) {
        self.path = path
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let pool = try DatabasePool(path: path, configuration: configuration)
            snapshot = try pool.makeSnapshot()
            try snapshot.read { db in
                let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                guard application == Schema.applicationID else { throw DirectoryStoreError.foreign(path: path) }
                if try Schema.migrator.hasBeenSuperseded(db) { throw DirectoryStoreError.newerSchema(path: path) }
                guard try Schema.migrator.hasCompletedMigrations(db) else {
                    throw DirectoryStoreError.failed(
                        detail: "an older version of this program wrote it: start this one with it once")
                }
            }
        } catch {
            throw DirectoryStoreError(error, path: path)
        }
    }

    package func count(_ table: StoredTable) throws(DirectoryStoreError) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)") ?? 0 }
    }

    /// The last number that was ever given; 0 where none was.
    package func lastNumber(_ table: StoredTable) throws(DirectoryStoreError) -> Int64 {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table.name]) ?? 0
        }
    }

    /// In the order of the key: the first behind one, nil being the start.
    package func rows(
        _ table: StoredTable, after key: StoredRow?, limit: Int
    ) throws(DirectoryStoreError) -> [StoredRow] {
        try read { db in
            let names = table.key.map(\.name).joined(separator: ", ")
            let behind = key == nil ? "" : "WHERE (\(names)) > (\(table.key.map { _ in "?" }.joined(separator: ", ")))"
            let sql = """
                SELECT \(table.columns.map(\.name).joined(separator: ", ")) FROM \(table.name) \(behind)
                ORDER BY \(names) LIMIT \(limit)
                """
            let arguments = StatementArguments(key?.map(Self.argument) ?? [])
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                try table.columns.map { try Self.value(row, $0) }
            }
        }
    }

    private func read<Value>(_ query: (Database) throws -> Value) throws(DirectoryStoreError) -> Value {
        do { return try snapshot.read(query) } catch { throw DirectoryStoreError(error, path: path) }
    }

    private static func argument(_ value: StoredValue) -> (any DatabaseValueConvertible)? {
        switch value {
        case .null: nil
        case .integer(let number): number
        case .text(let text): text
        case .bytes(let bytes): Data(bytes)
        case .flag(let isSet): isSet
        }
    }

    private static func value(_ row: Row, _ column: StoredTable.Column) throws -> StoredValue {
        let value: DatabaseValue = row[column.name]
        switch (column.kind, value.storage) {
        case (_, .null): return .null
        case (.integer, .int64(let number)): return .integer(number)
        case (.flag, .int64(let number)): return .flag(number != 0)
        case (.text, .string(let text)): return .text(text)
        case (.bytes, .blob(let data)): return .bytes(Array(data))
        default: throw ColumnFault.corrupt(column.name)
        }
    }
}
