package import Directory
import Logging
package import Wire

/// Takes over what another store keeps, into a database in which no server wrote yet.
///
/// Rows go by COPY into tables of their own first. One that was broken off is gone on with: what is there already is compared,
/// portion by portion, and only what differs is copied. At the end all of it becomes the store's, in one transaction.
package final class PostgresMigration: Sendable {
    private let pool: PostgresPool

    /// - Throws: Also where servers wrote there already: ``inUse``.
    package init(to address: PostgresAddress) async throws(DirectoryStoreError) {
        let log = Logger(label: "postgres") { _ in SwiftLogNoOpLogHandler() }
        pool = PostgresPool(address, connections: 1, log: log)
        do {
            try await pool.perform { link in
                try Schema.prepare(link, place: address.description)
                try link.write { db in
                    for table in StoredTable.all {
                        guard try db.run("SELECT 1 FROM \(table.name) LIMIT 1").isEmpty else {
                            throw Self.inUse
                        }
                        _ = try db.run(
                            """
                            CREATE TABLE IF NOT EXISTS \(Self.staging(table))
                            (LIKE \(table.name), PRIMARY KEY (\(Self.names(table.key))))
                            """)
                    }
                }
            }
        } catch {
            await pool.close()
            throw error
        }
    }

    package static let inUse = DirectoryStoreError.failed(
        detail: "it is in use already, and only an empty one can be filled")

    package func close() async { await pool.close() }

    /// Makes what stands between two keys what the other store has there.
    ///
    /// - Parameters:
    ///   - key: behind it; nil is the start.
    ///   - end: up to it; nil where nothing comes behind.
    /// - Returns: Whether anything had to be copied.
    package func put(
        _ rows: [StoredRow], _ table: StoredTable, after key: StoredRow?, upTo end: StoredRow?
    ) async throws(DirectoryStoreError) -> Bool {
        try await pool.perform { link in
            try link.write { db in
                let (range, parameters) = Self.range(table, after: key, upTo: end)
                let present = try db.run(
                    """
                    SELECT \(Self.names(table.columns[...])) FROM \(Self.staging(table)) WHERE \(range)
                    ORDER BY \(Self.names(table.key))
                    """, parameters)
                if present.count == rows.count, try zip(present, rows).allSatisfy({ try Self.row($0, table) == $1 }) {
                    return false
                }
                _ = try db.run("DELETE FROM \(Self.staging(table)) WHERE \(range)", parameters)
                let hasFolded = table == .publication
                let columns = Self.names(table.columns[...]) + (hasFolded ? ", folded" : "")
                try db.copy(
                    into: "\(Self.staging(table)) (\(columns))",
                    rows.map { hasFolded ? $0 + [Self.folded($0, table)] : $0 })
                return true
            }
        }
    }

    /// How many rows came.
    package func count(_ table: StoredTable) async throws(DirectoryStoreError) -> Int {
        try await pool.perform { link in
            try link.read { db in
                Int(try db.run("SELECT count(*) AS count FROM \(Self.staging(table))")[0].int("count"))
            }
        }
    }

    /// Makes the store of what came.
    ///
    /// - Parameters:
    ///   - lastNumbers: those that were given last, by table.
    ///   - beforeCommit: is called when only the end of the transaction is missing; where it fails, nothing is done.
    package func finish(
        _ lastNumbers: [StoredTable: Int64], network: NetworkPin,
        beforeCommit: @escaping @Sendable () throws -> Void = {}
    ) async throws(DirectoryStoreError) {
        try await pool.perform { link in
            try link.write { db in
                // A large catalogue takes as long as it takes.
                let patience = db.patience
                defer { db.patience = patience }
                db.patience = nil
                _ = try db.run("SET LOCAL statement_timeout = 0")
                for table in StoredTable.all {
                    let columns = Self.names(table.columns[...]) + (table == .publication ? ", folded" : "")
                    _ = try db.run(
                        "INSERT INTO \(table.name) (\(columns)) SELECT \(columns) FROM \(Self.staging(table))")
                    if table.columns[0].name == "id", table.name != "dropped" {
                        _ = try db.run(
                            """
                            SELECT setval(pg_get_serial_sequence('\(table.name)', 'id'),
                                greatest(1, :last, (SELECT max(id) FROM \(table.name))))
                            """, ["last": .int(lastNumbers[table] ?? 0)])
                    }
                    _ = try db.run("DROP TABLE \(Self.staging(table))")
                }
                let revocations = lastNumbers.first { $0.key.name == "revocation" }?.value ?? 0
                _ = try db.run(
                    "UPDATE bittrickle SET revocations = :last, network = :network",
                    ["last": .int(revocations), "network": .hash(network.hash)])
                try beforeCommit()
            }
        }
    }

    /// Has the database look at what came, so that the first searches are planned well. It does so itself later: where it fails
    /// now, nothing is lost.
    package func analyze() async {
        try? await pool.perform { link in
            let db = try link.connection()
            db.patience = nil
            _ = try db.run("SET statement_timeout = 0")
            _ = try db.run("ANALYZE")
        }
    }

    // MARK: SQL

    private static func staging(_ table: StoredTable) -> String { "migrating_\(table.name)" }

    private static func names(_ columns: ArraySlice<StoredTable.Column>) -> String {
        columns.map(\.name).joined(separator: ", ")
    }

    private static func range(
        _ table: StoredTable, after key: StoredRow?, upTo end: StoredRow?
    ) -> (sql: String, parameters: [String: PostgresValue]) {
        var conditions = ["true"]
        var parameters: [String: PostgresValue] = [:]
        for (name, comparison, bound) in [("after", ">", key), ("end", "<=", end)] {
            guard let bound else { continue }
            let values = bound.indices.map { ":\(name)\($0)" }.joined(separator: ", ")
            conditions.append("(\(names(table.key))) \(comparison) (\(values))")
            for (place, value) in bound.enumerated() { parameters["\(name)\(place)"] = PostgresValue(value) }
        }
        return (conditions.joined(separator: " AND "), parameters)
    }

    private static func folded(_ row: StoredRow, _ table: StoredTable) -> StoredValue {
        guard let place = table.columns.firstIndex(where: { $0.name == "name" }), case .text(let name) = row[place]
        else { return .null }
        return .text(String(decoding: FoldedText.fold(name), as: UTF8.self))
    }

    private static func row(_ row: PostgresRow, _ table: StoredTable) throws -> StoredRow {
        try table.columns.map { column in
            guard let text = try row.optionalText(column.name) else { return .null }
            return switch column.kind {
            case .integer: .integer(try row.int(column.name))
            case .text: .text(text)
            case .bytes: .bytes(try row.bytes(column.name))
            case .flag: .flag(try row.bool(column.name))
            }
        }
    }
}

extension PostgresValue {
    init(_ value: StoredValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .int(number)
            case .text(let text): .text(text)
            case .bytes(let bytes): .bytes(bytes)
            case .flag(let isSet): .bool(isSet)
            }
    }
}
