import Directory
import DirectoryPostgres
import DirectorySQLite
import FoundationEssentials

/// The store that is measured: a file in a folder, or a database of PostgreSQL.
struct Subject: Sendable {
    /// A folder, or `postgres://…`.
    let place: String

    /// A store that is open.
    struct Opened: Sendable {
        let store: any DirectoryStore
        /// Names that searches find, where they are in an index of their own that is behind; nil where they are in the
        /// database.
        let indexedCount: @Sendable () -> Int?
        let close: @Sendable () async throws -> Void
    }

    private var path: String { "\(place)/directory.sqlite" }
    private var isFile: Bool { !PostgresAddress.isOne(place) }

    func open(_ view: PresenceView) async throws -> Opened {
        guard isFile else {
            let store = try await DirectoryPostgres(PostgresAddress(place), presence: view)
            return Opened(store: store, indexedCount: { nil }, close: { await store.close() })
        }
        let store = try DirectorySQLite(path: path, presence: view)
        return Opened(store: store, indexedCount: { store.indexedCount }, close: { try store.close() })
    }

    /// In bytes, of a file that is closed; nil for a database, of which its server knows that.
    func size() throws -> Int? {
        guard isFile else { return nil }
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }
}
