import Directory
package import DirectoryPostgres
import DirectorySQLite
import Glibc
import Wire

/// Copies what a server keeps in its state folder to PostgreSQL.
///
/// Also while that server runs: then all but the last step is done, and what it writes meanwhile is copied when it has ended. Each
/// time, only what differs is.
package struct StoreMigration: Sendable {
    package struct Count: Hashable, Sendable {
        package var table: String
        package var rows: Int
    }

    package enum Ending: Hashable, Sendable {
        /// The counts, each of which the two stores have.
        case done([Count])
        /// The server runs still.
        case unfinished
    }

    private let folder: String
    private let address: PostgresAddress

    /// Rows that are compared and copied at once.
    private static let portion = 10_000

    /// - Parameter folder: The state folder.
    package init(from folder: String, to address: PostgresAddress) {
        self.folder = folder
        self.address = address
    }

    /// - Parameter tell: How many rows of how many are there.
    /// - Throws: ``StartFailure``.
    package func run(_ tell: @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> Ending {
        // Held to the end, so that no server begins to write.
        let state = try held()
        defer { state?.unlock() }
        let database = StateDirectory.databasePath(in: folder)
        guard try StateFile.size(database) != nil else { throw StartFailure.file(path: database, errno: ENOENT) }
        let snapshot: SQLiteSnapshot
        do { snapshot = try SQLiteSnapshot(path: database) } catch {
            throw StartFailure.database(path: database, error)
        }
        do {
            let migration = try await PostgresMigration(to: address)
            let result: Result<Ending, any Error>
            do { result = .success(try await run(snapshot, migration, state, tell)) } catch { result = .failure(error) }
            await migration.close()
            return try result.get()
        } catch let error as DirectoryStoreError {
            throw StartFailure.database(path: address.description, error)
        }
    }

    private func run(
        _ snapshot: SQLiteSnapshot, _ migration: PostgresMigration, _ state: StateDirectory?,
        _ tell: (_ done: Int, _ total: Int) -> Void
    ) async throws -> Ending {
        var counts: [Count] = []
        for table in StoredTable.all { counts.append(Count(table: table.name, rows: try snapshot.count(table))) }
        let total = counts.reduce(0) { $0 + $1.rows }
        var done = 0
        for table in StoredTable.all {
            var key: StoredRow?
            while true {
                let rows = try snapshot.rows(table, after: key, limit: Self.portion)
                let isLast = rows.count < Self.portion
                let end = isLast ? nil : rows.last.map { Array($0.prefix(table.keyCount)) }
                _ = try await migration.put(rows, table, after: key, upTo: end)
                done += rows.count
                tell(done, total)
                guard let end else { break }
                key = end
            }
        }
        guard let state else { return .unfinished }
        for (table, count) in zip(StoredTable.all, counts) {
            let arrived = try await migration.count(table)
            guard arrived == count.rows else {
                throw DirectoryStoreError.failed(
                    detail: "\(arrived) rows of \(count.table) arrived of \(count.rows): run this again")
            }
        }
        var lastNumbers: [StoredTable: Int64] = [:]
        for table in StoredTable.all where table.isNumbered { lastNumbers[table] = try snapshot.lastNumber(table) }
        let network = try NetworkFiles.loadKey(state, mayCreate: false).key
        let place = address.description
        // Not after the commit: if this program ended in between, a server would go on with the file, and the network be two.
        try await migration.finish(lastNumbers, network: network.pin) { try state.note(databaseElsewhere: place) }
        await migration.analyze()
        return .done(counts)
    }

    /// Nil where a server runs in the folder.
    private func held() throws(StartFailure) -> StateDirectory? {
        do { return try StateDirectory(path: folder) } catch {
            if case .locked = error { return nil }
            throw error
        }
    }
}
