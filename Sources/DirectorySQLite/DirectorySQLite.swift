package import Directory
import Foundation
import GRDB
import Glibc

/// The directory's store in one SQLite file: the default.
///
/// The journal is a write-ahead log, each commit is synced before it is acknowledged (`synchronous = FULL`), and
/// what is written at the same time is committed together, see ``GroupCommit``. Queries see presence through
/// SQL functions, so that one gives a page; names are looked through in memory, see ``Indexing``.
package final class DirectorySQLite: DirectoryStore {
    let pool: DatabasePool
    let writer: GroupCommit
    private let timings: StoreTimings?
    let presence: PresenceView
    let indexing: Indexing

    /// Makes a file that is there wholly or not at all, whenever the process is killed: so one that is there and empty
    /// was emptied.
    package static func create(path: String) throws(DirectoryStoreError) {
        let temporary = path + ".new"
        let logs = ["\(path)-wal", "\(path)-shm", "\(temporary)-wal", "\(temporary)-shm"]
        // The log of a database that was removed could be taken for the new one's.
        for leftover in logs + [temporary] { unlink(leftover) }
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Glibc.close(descriptor) }
        try DirectorySQLite(path: temporary, presence: PresenceView()).close()
        for leftover in logs { unlink(leftover) }
        guard rename(temporary, path) == 0 else {
            throw .failed(detail: "it cannot get its name (\(String(cString: strerror(errno))))")
        }
    }

    /// In bytes: a larger file is not read from end to end at each start, which would take minutes; `bittrickle-server check`
    /// does.
    private static let checkedSize: Int64 = 64 << 20

    /// Opens the file, or makes it where there is none, and brings it to this version's schema.
    ///
    /// - Parameters:
    ///   - largestPageCount: Of 4 KiB each: beyond them the store behaves as on a disk that is full.
    ///   - patience: With another program that has locked the file, such as one that copies it; in seconds.
    ///   - lookup: For tests, which have few publications.
    ///   - timings: Is told what everything takes.
    package init(
        path: String, presence: PresenceView, largestPageCount: Int? = nil, patience: Double = 5,
        lookup: LookupLevels.Limits = LookupLevels.Limits(), timings: StoreTimings? = nil
    ) throws(DirectoryStoreError) {
        self.timings = timings
        let cache: WriterCache
        let levels: LookupLevels
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration(presence, patience: patience))
            try pool.writeWithoutTransaction { db in try Self.recognise(db, path: path) }
            try Schema.migrator.migrate(pool)
            (cache, levels) = try pool.writeWithoutTransaction { db in
                // The pool chose NORMAL, which may lose the last commits when the power fails.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What is written often should go from the log to its place seldom, as each time takes a write and a sync. In
                // pages of 4 KiB: a log of up to 64 MiB, which is read through after a crash in a tenth of a second.
                try db.execute(sql: "PRAGMA wal_autocheckpoint = 16384")
                // What a change that fails would undo is kept in memory while it runs: in a file it takes as long as the change.
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
                if let largestPageCount { try db.execute(sql: "PRAGMA max_page_count = \(largestPageCount)") }
                if DiskSpace.size(of: path) <= Self.checkedSize { try StoreCheck.demandSound(db) }
                try WriterCache.keep(WriterCache.small, db)
                let rows = db.totalChangesCount
                return (WriterCache(rows: rows, now: .now), LookupLevels(lookup, rows: rows))
            }
        } catch {
            throw DirectoryStoreError(error, path: path)
        }
        self.presence = presence
        indexing = Indexing(pool: pool, presence: presence)
        writer = GroupCommit(
            pool: pool, path: path, committing: indexing, cache: cache, levels: levels, timings: timings)
        pool.add(transactionObserver: indexing.changed, extent: .databaseLifetime)
        presence.attach(indexing)
    }

    /// Names that searches look through.
    package var indexedCount: Int { indexing.index.count }

    /// Ends all connections: the write-ahead log goes into the file.
    package func close() throws(DirectoryStoreError) {
        do {
            // The connection that ends last may be one that only reads, which leaves the log as it is.
            let emptying = Result { try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
            try pool.close()
            _ = try emptying.get()
        } catch { throw DirectoryStoreError(error, path: pool.path) }
    }

    /// A file with tables that are not ours is left alone; so is one of a newer version.
    static func recognise(_ db: Database, path: String) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        // The migrator's own table comes before the first migration: a first start may be killed between them.
        let tables =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'") ?? 0
        guard application == Schema.applicationID || application == 0 && tables == 0 else {
            throw DirectoryStoreError.foreign(path: path)
        }
        guard tables > 0 else { return }
        if try Schema.migrator.hasBeenSuperseded(db) { throw DirectoryStoreError.newerSchema(path: path) }
    }

    static func configuration(_ presence: PresenceView, patience: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "directory"
        configuration.busyMode = .timeout(patience)
        // Below the loops of a server; GRDB's own is above them.
        configuration.qos = .utility
        configuration.prepareDatabase { db in
            db.add(function: isServed(presence))
            db.add(function: isThere(presence))
            db.add(function: Lookup.nameKey)
        }
        return configuration
    }

    func read<Value: Sendable>(_ query: @escaping @Sendable (Database) throws -> Value)
        async throws(DirectoryStoreError) -> Value
    {
        let start = ContinuousClock.now
        defer { timings?.note(.read, start.nanosecondsToNow) }
        do { return try await pool.read(query) } catch { throw DirectoryStoreError(error, path: pool.path) }
    }
}

extension DirectoryStoreError {
    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = error as? DirectoryStoreError ?? .failed(detail: String(describing: error))
            return
        }
        switch error.resultCode {
        case .SQLITE_NOTADB: self = .foreign(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(detail: error.message ?? "")
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
        // Where there is no room for the shared index of the write-ahead log, for a journal, or for what an index of
        // names writes late.
        case .SQLITE_IOERR where DiskSpace.isUsedUp(at: path), .SQLITE_CANTOPEN where DiskSpace.isUsedUp(at: path),
            .SQLITE_ABORT where DiskSpace.isUsedUp(at: path):
            self = .full
        case .SQLITE_READONLY, .SQLITE_PERM: self = .forbidden
        case .SQLITE_CANTOPEN: self = Unopened.why(path)
        default: self = .failed(detail: "\(error.resultCode): \(error.message ?? "")")
        }
    }
}
