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
    let changed = PublicationChanges()
    private let pool: DatabasePool
    private let presence: PresenceView
    private let state = Mutex(State())

    private struct State {
        /// Publications that are served, whose owners may not be entered yet.
        var served: [PublicationID] = []
        /// Those whose publications are entered, or just being read.
        var owners = IndexedOwners()
        /// What is still to be read of them.
        var waiting: [Int64] = []
        /// Owners who are there no more, with when they left, counted.
        var absent: [Int64: UInt64] = [:]
        /// Of these, publications.
        var absentCount = 0
        var departures: UInt64 = 0
        var isReading = false
        /// They search as soon as all that is served is entered, or so many portions have been.
        var searchers: [(continuation: CheckedContinuation<Void, Never>, patience: Int)] = []

        var hasWork: Bool { !served.isEmpty || !waiting.isEmpty }

        mutating func forget(_ owner: Int64) {
            guard let count = owners.remove(owner) else { return }
            if absent.removeValue(forKey: owner) != nil { absentCount -= count }
        }
    }

    /// Publications that are read in one go.
    private static let portion = 1_000
    /// Publications of owners who left that are kept at least, and as a part of all.
    private static let absentLeast = 100_000
    private static let absentPart = 4

    init(pool: DatabasePool, presence: PresenceView) {
        self.pool = pool
        self.presence = presence
    }

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
        let ids = changed.take().sorted()
        guard !ids.isEmpty else { return IndexChanges() }
        let owners = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    \(IDList.wanted)
                    SELECT number, owner FROM wanted LEFT JOIN publication ON publication.id = number
                    """), arguments: ["ids": IDList.text(ids)])
        var touched: [Int64] = []
        while let row = try owners.next() {
            let owner: Int64? = row["owner"]
            // Most are of those who are not there.
            if let owner, state.withLock({ !$0.owners.contains(owner) }) { continue }
            touched.append(row["number"])
        }
        guard !touched.isEmpty else { return IndexChanges() }
        let entered = try IndexedRow.fetch(touched, db)
        let kept = Set(entered.map(\.id))
        return IndexChanges(
            removed: touched.map(PublicationID.init(rawValue:)).filter { !kept.contains($0) }, entered: entered)
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
                let isReading = state.isReading
                let split = state.searchers.partition { !isReading || $0.patience <= 0 }
                let served = Array(state.searchers[split...])
                state.searchers.removeSubrange(split...)
                return (!isReading, served)
            }
            for searcher in searchers { searcher.continuation.resume() }
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
        index.enter(try IndexedRow.fetch(ids, db))
        forgetAbsent()
    }

    /// Has the publications of those read who serve something, and are not in the index.
    private func enterOwners(_ db: Database) throws {
        let served = state.withLock { state in
            let served = state.served.suffix(Self.portion)
            state.served.removeLast(served.count)
            return served
        }
        let owners = try db.cachedStatement(
            sql: """
                SELECT account.id, account.name FROM publication JOIN account ON account.id = owner
                WHERE publication.id = ?
                """)
        // What is at the top is read first: it says for whom all that stands below is.
        let theirs = try db.cachedStatement(sql: "SELECT id FROM publication WHERE owner = ? ORDER BY top IS NULL")
        // Who left again meanwhile is not there to be found.
        for id in served where presence.isServed(id) && !index.contains(id) {
            guard let row = try Row.fetchOne(owners, arguments: [id.rawValue]) else { continue }
            let owner: Int64 = row["id"]
            guard state.withLock({ !$0.owners.contains(owner) }) else { continue }
            let user = try row.userName("name")
            let ids = try Int64.fetchAll(theirs, arguments: [owner])
            state.withLock { state in
                // Who was removed and is a member again has another number.
                if let former = state.owners.number(of: user) { state.forget(former) }
                state.owners.insert(owner, user, count: ids.count)
                state.waiting += ids
            }
            // He may have left before he was known.
            if !presence.isServed(id) { left(user) }
        }
    }

    /// Those who left first, where those who left have more than is kept of them.
    private func forgetAbsent() {
        let limit = max(Self.absentLeast, index.count / Self.absentPart)
        let forgotten = state.withLock { state -> Set<Int64> in
            // What is still to be read would come after its owner was forgotten.
            guard state.absentCount > limit, state.waiting.isEmpty else { return [] }
            var forgotten: Set<Int64> = []
            for (owner, _) in state.absent.sorted(by: { $0.value < $1.value }) where state.absentCount > limit {
                state.forget(owner)
                forgotten.insert(owner)
            }
            return forgotten
        }
        index.remove(ownedBy: forgotten)
    }
}

extension Indexing: PresenceObserver {
    func entered(_ device: PresentDevice, serving publications: [PublicationID]) {
        state.withLock { state in
            guard let owner = state.owners.number(of: device.user), state.absent.removeValue(forKey: owner) != nil
            else { return }
            state.absentCount -= state.owners.count(of: owner)
        }
        // They have one owner, of whom all is read.
        served(Array(publications.prefix(1)))
    }

    func left(_ user: UserName, _ device: DeviceID, isLast: Bool, withdrawing publications: [PublicationID]) {
        if isLast { left(user) }
    }

    private func left(_ user: UserName) {
        state.withLock { state in
            guard let owner = state.owners.number(of: user), state.absent[owner] == nil else { return }
            state.departures += 1
            state.absent[owner] = state.departures
            state.absentCount += state.owners.count(of: owner)
        }
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
