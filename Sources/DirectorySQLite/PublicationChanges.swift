import GRDB
import Synchronization

/// Gathers which publications a transaction changes, those too that go with what stood above them.
final class PublicationChanges: TransactionObserver, Sendable {
    private let ids = Mutex<Set<Int64>>([])

    /// Those since the transaction began, or since this was last asked.
    func take() -> Set<Int64> {
        ids.withLock { ids in
            defer { ids = [] }
            return ids
        }
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { eventKind.tableName == "publication" }

    func databaseDidChange(with event: DatabaseEvent) {
        let id = event.rowID
        _ = ids.withLock { $0.insert(id) }
    }

    func databaseDidCommit(_ db: Database) { _ = take() }
    func databaseDidRollback(_ db: Database) { _ = take() }
}
