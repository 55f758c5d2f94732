import GRDB
import Synchronization

/// Moves the keys of ``Lookup`` on from table to table while much is written.
package final class LookupLevels: Sendable {
    /// Keys of a table, some two hundred of which stand on a page.
    package struct Limits: Sendable {
        /// What is written over and over.
        var first: Int
        /// So much more than the first that a page has many new keys where that comes, and so much less than millions.
        var second: Int

        package init(first: Int = 65_536, second: Int = 1 << 20) { (self.first, self.second) = (first, second) }
    }

    private struct State {
        /// Rows that the connection had changed when it was last looked at.
        var rowsBefore: Int
        /// Which goes next.
        var piece = 0
    }

    /// In which the second table goes into the last: by the first four bits of the keys.
    private static let pieces = 16

    private let limits: Limits
    private let state: Mutex<State>

    /// - Parameter rows: that the connection has changed so far.
    init(_ limits: Limits, rows: Int) {
        self.limits = limits
        state = Mutex(State(rowsBefore: rows))
    }

    /// Whether so much has been written that it is worth a look.
    ///
    /// - Parameter rows: that the connection has changed so far.
    func isDue(rows: Int) -> Bool {
        state.withLock { state in
            guard rows - state.rowsBefore >= limits.first / 4 else { return false }
            state.rowsBefore = rows
            return true
        }
    }

    /// What is too much in a table goes on, in a transaction of its own.
    func move(_ db: Database) throws {
        guard try Self.count("lookup_first", db) > limits.first else { return }
        try Self.move(from: "lookup_first", to: "lookup_second", db)
        guard try Self.count("lookup_second", db) > limits.second else { return }
        let piece = state.withLock { state in
            defer { state.piece = (state.piece + 1) % Self.pieces }
            return String(state.piece, radix: 16)
        }
        // The upper bound is longer than any key, and so behind all that begin like it.
        try Self.move(
            from: "lookup_second", to: "lookup_last",
            where: "WHERE key BETWEEN x'\(piece)0' AND x'\(piece)FFFFFFFFFFFFFFFFF'", db)
    }

    private static func count(_ table: String, _ db: Database) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM \(table)")) ?? 0
    }

    private static func move(from table: String, to other: String, where condition: String = "", _ db: Database) throws
    {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO \(other) (key, id) SELECT key, id FROM \(table) \(condition) ORDER BY key, id;
                DELETE FROM \(table) \(condition)
                """)
    }
}
