import Directory
import GRDB
import Synchronization

/// Writes what comes at the same time in one transaction, so that one sync of the disk acknowledges many.
///
/// While a transaction runs, changes gather; the next one takes them all. Each change stands in a savepoint of
/// its own: one that fails costs the others nothing. Nobody is told that it succeeded before the commit did.
/// Once begun, a change is not cancelled.
final class GroupCommit: Sendable {
    /// Changes in one transaction at most.
    private static let size = 1_000

    private struct Job: Sendable {
        /// Changes, and returns what tells the caller once the commit succeeded.
        ///
        /// Throws where the failure cost the whole transaction, as that of a disk that is full may.
        let run: @Sendable (Database) throws(DirectoryStoreError) -> @Sendable () -> Void
        let fail: @Sendable (DirectoryStoreError) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isWriting = false
        var cache: WriterCache
    }

    private let pool: DatabasePool
    private let path: String
    private let timings: StoreTimings?
    /// Told of all changes of a transaction together.
    private let indexing: Indexing
    private let levels: LookupLevels
    private let state: Mutex<State>

    /// - Parameters:
    ///   - cache: that of the pool's writer.
    ///   - levels: Moves on what is written.
    init(
        pool: DatabasePool, path: String, committing indexing: Indexing, cache: WriterCache,
        levels: LookupLevels,
        timings: StoreTimings? = nil
    ) {
        self.pool = pool
        self.path = path
        self.timings = timings
        self.indexing = indexing
        self.levels = levels
        state = Mutex(State(cache: cache))
    }

    func write<Value: Sendable>(_ change: @escaping @Sendable (Database) throws -> Value)
        async throws(DirectoryStoreError) -> Value
    {
        let path = path
        let start = ContinuousClock.now
        defer { timings?.note(.write, start.nanosecondsToNow) }
        let result: Result<Value, DirectoryStoreError> = await withCheckedContinuation { continuation in
            enqueue(
                Job(
                    run: { db throws(DirectoryStoreError) in
                        let result = Self.attempt(change, in: db, path: path)
                        if case .failure(let error) = result, !db.isInsideTransaction { throw error }
                        return { continuation.resume(returning: result) }
                    },
                    fail: { continuation.resume(returning: .failure($0)) }))
        }
        return try result.get()
    }

    private static func attempt<Value>(
        _ change: (Database) throws -> Value, in db: Database, path: String
    ) -> Result<Value, DirectoryStoreError> {
        do {
            var result: Result<Value, DirectoryStoreError> = .failure(.failed(detail: "the change did not run"))
            try db.inSavepoint {
                result = .success(try change(db))
                return .commit
            }
            return result
        } catch {
            return .failure(DirectoryStoreError(error, path: path))
        }
    }

    private func enqueue(_ job: Job) {
        let mustStart = state.withLock { state in
            state.waiting.append(job)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { writeWaiting() }
    }

    private func writeWaiting() {
        let jobs = state.withLock { state in
            let jobs = Array(state.waiting.prefix(Self.size))
            state.waiting.removeFirst(jobs.count)
            return jobs
        }
        let start = ContinuousClock.now
        pool.asyncWrite(
            { [self] db in
                let tell = try jobs.map { try $0.run(db) }
                let kept = state.withLock { $0.cache.change(rows: db.totalChangesCount, now: start) }
                if let kept { try WriterCache.keep(kept, db) }
                let changes = try indexing.changes(db)
                return (tell, changes, levels.isDue(rows: db.totalChangesCount))
            },
            completion: { [self] _, result in
                timings?.note(.commit, start.nanosecondsToNow)
                switch result {
                case .success(let (tell, changes, isDue)):
                    // Whoever hears that his change is made finds it.
                    indexing.apply(changes)
                    // Where there is no room for it, it is tried again when more has been written.
                    if isDue { pool.asyncWrite(levels.move, completion: { _, _ in }) }
                    for tell in tell { tell() }
                case .failure(let error): for job in jobs { job.fail(DirectoryStoreError(error, path: path)) }
                }
                let hasMore = state.withLock { state in
                    state.isWriting = !state.waiting.isEmpty
                    return state.isWriting
                }
                if hasMore { writeWaiting() }
            })
    }
}
