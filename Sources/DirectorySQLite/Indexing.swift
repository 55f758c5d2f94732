import Directory
import GRDB
import Synchronization
import Wire

/// Keeps the names of what can be had in memory, for searches: of owners who are there, and of some who left lately.
///
/// All that changes the index happens on the writer's queue, in the order of commits, so that it says what the database says. An
/// owner's publications are read in portions, between which others write: what they change of him meanwhile is entered too,
/// and what is read later is what is there by then.
final class Indexing: Sendable {
    let index = ActiveIndex()
    let changes = PublicationChanges()
    private let pool: DatabasePool
    private let state = Mutex(State())

    private struct State {
        /// Publications that are served, whose owners may not be entered yet.
        var served: [PublicationID] = []
        /// Owners whose publications are entered, or just being read, with how many there were.
        var owners: [Int64: Int] = [:]
        /// What is still to be read of them.
        var waiting: [Int64] = []
        /// Who is there no more, who left first first.
        var absent: [UserName] = []
        var isReading = false
        /// They search as soon as all that is served is entered, or so many portions have been.
        var searchers: [(continuation: CheckedContinuation<Void, Never>, patience: Int)] = []

        var hasWork: Bool { !served.isEmpty || !waiting.isEmpty }
    }

    /// Publications that are read in one go.
    private static let portion = 1_000
    /// Publications of owners who left that are kept at least, and as a part of all.
    private static let absentLeast = 100_000
    private static let absentPart = 4

    init(pool: DatabasePool) { self.pool = pool }

    /// A search does not wait for more portions than these: where very many come at once, it finds those who came first.
    private static let patience = 100

    /// Returns once all is entered that is served, where that does not take too long.
    func catchUp() async {
        await withCheckedContinuation { continuation in
            let isCurrent = state.withLock { state in
                guard state.isReading || state.hasWork else { return true }
                state.searchers.append((continuation, Self.patience))
                return false
            }
            if isCurrent { continuation.resume() }
        }
    }

    // MARK: What is written

    /// What a transaction changed of what is in the index: to be asked before it commits.
    func changes(_ db: Database) throws -> IndexChanges {
        let ids = changes.take()
        guard !ids.isEmpty else { return IndexChanges() }
        var result = IndexChanges()
        let owners = try db.cachedStatement(sql: "SELECT owner FROM publication WHERE id = ?")
        for id in ids {
            let owner = try Int64.fetchOne(owners, arguments: [id])
            // Most are of those who are not there.
            if let owner, state.withLock({ $0.owners[owner] == nil }) { continue }
            if owner != nil, let row = try IndexedRow.fetch(id, db) {
                result.entered.append(row)
            } else {
                result.removed.append(PublicationID(rawValue: id))
            }
        }
        return result
    }

    func apply(_ changes: IndexChanges) {
        index.remove(changes.removed)
        index.enter(changes.entered)
    }

    // MARK: What is read

    private func read() {
        let mustStart = state.withLock { state in
            defer { state.isReading = true }
            return !state.isReading
        }
        if mustStart { readPortion() }
    }

    private func readPortion() {
        pool.asyncWriteWithoutTransaction { [self] db in
            // Where the database fails, requests say so: what is not read is not found.
            do { try readPortion(db) } catch { state.withLock { $0.served = [] } }
            let (isDone, searchers) = state.withLock { state in
                state.isReading = state.hasWork
                for index in state.searchers.indices { state.searchers[index].patience -= 1 }
                let isServed = state.searchers.map { !state.isReading || $0.patience <= 0 }
                let served = zip(state.searchers, isServed).compactMap { $1 ? $0.continuation : nil }
                state.searchers = zip(state.searchers, isServed).compactMap { $1 ? nil : $0 }
                return (!state.isReading, served)
            }
            for searcher in searchers { searcher.resume() }
            if !isDone { readPortion() }
        }
    }

    private func readPortion(_ db: Database) throws {
        try enterOwners(db)
        let ids = state.withLock { state in
            let ids = Array(state.waiting.suffix(Self.portion))
            state.waiting.removeLast(ids.count)
            return ids
        }
        index.enter(try ids.compactMap { try IndexedRow.fetch($0, db) })
        try forgetAbsent(db)
    }

    /// Has the publications of those read who serve something, and are not in the index.
    private func enterOwners(_ db: Database) throws {
        let served = state.withLock { state in
            let served = state.served.suffix(Self.portion)
            state.served.removeLast(served.count)
            return served
        }
        let owners = try db.cachedStatement(sql: "SELECT owner FROM publication WHERE id = ?")
        let theirs = try db.cachedStatement(sql: "SELECT id FROM publication WHERE owner = ?")
        for id in served {
            guard let owner = try Int64.fetchOne(owners, arguments: [id.rawValue]),
                state.withLock({ $0.owners[owner] == nil })
            else { continue }
            let ids = try Int64.fetchAll(theirs, arguments: [owner])
            state.withLock { state in
                state.owners[owner] = ids.count
                state.waiting += ids
            }
        }
    }

    private func forgetAbsent(_ db: Database) throws {
        let absent = state.withLock(\.absent)
        guard !absent.isEmpty else { return }
        var counts: [(user: UserName, owner: Int64, count: Int)] = []
        for user in absent {
            guard let owner = try DirectorySQLite.account(of: user, db) else { continue }
            counts.append((user, owner, state.withLock { $0.owners[owner] ?? 0 }))
        }
        var excess = counts.reduce(0) { $0 + $1.count } - max(Self.absentLeast, index.count / Self.absentPart)
        var forgotten: Set<Int64> = []
        for (user, owner, count) in counts where excess > 0 {
            // He may have come back just now.
            let isAbsent = state.withLock { state in
                guard let place = state.absent.firstIndex(of: user) else { return false }
                state.absent.remove(at: place)
                return state.owners.removeValue(forKey: owner) != nil
            }
            guard isAbsent else { continue }
            forgotten.insert(owner)
            excess -= count
        }
        index.remove(ownedBy: forgotten)
    }
}

extension Indexing: PresenceObserver {
    func entered(_ device: PresentDevice, serving publications: [PublicationID]) {
        state.withLock { $0.absent.removeAll { $0 == device.user } }
        // They have one owner, of whom all is read.
        served(Array(publications.prefix(1)))
    }

    func left(_ user: UserName, _ device: DeviceID, isLast: Bool, withdrawing publications: [PublicationID]) {
        if isLast { state.withLock { $0.absent.append(user) } }
    }

    func served(_ publications: [PublicationID]) {
        guard !publications.isEmpty else { return }
        state.withLock { $0.served += publications }
        read()
    }

    func withdrawn(_ publications: [PublicationID]) {}
}

/// What a transaction changed of an index.
struct IndexChanges: Sendable {
    var removed: [PublicationID] = []
    var entered: [IndexedPublication] = []
}
