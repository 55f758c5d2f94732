import Directory
package import DirectoryPostgres
import DirectorySQLite
import Logging
import Wire

/// Where a server's store is.
package enum StorePlace: Hashable, Sendable {
    /// In the state folder, for this server alone.
    case file
    /// Which several servers of a network may share.
    case postgres(PostgresAddress)
}

/// A store that a server opened, and how it is closed.
struct OpenedStore: Sendable {
    let store: any DirectoryStore
    /// Where others may share it.
    let others: (any OtherServers)?
    let close: @Sendable () async throws -> Void

    /// Opens the store of a network, whose key is loaded with it.
    static func open(
        _ place: StorePlace, _ state: StateDirectory, _ view: PresenceView, timings: StoreTimings?, log: ServerLog
    ) async throws -> (store: OpenedStore, network: NetworkKey) {
        switch place {
        case .file:
            // What the file holds may be of long ago.
            if let database = try StateDirectory.databaseElsewhere(in: state.path) {
                throw StartFailure.storeElsewhere(
                    path: "\(state.path)/\(StateDirectory.elsewhereName)", database: database)
            }
            let (network, warnings) = try NetworkFiles.load(state)
            for warning in warnings { log.note(warning) }
            let store = try await file(state.databasePath, view, timings)
            return (OpenedStore(store: store, others: nil, close: { try store.close() }), network)
        case .postgres(let address):
            let store = try await DirectoryPostgres(address, presence: view, log: log.events, timings: timings)
            do {
                let network = try await network(of: store, address, state, log)
                try state.note(databaseElsewhere: address.description)
                return (OpenedStore(store: store, others: store, close: { await store.close() }), network)
            } catch {
                await store.close()
                throw error
            }
        }
    }

    /// Reads all of a file that is not large and brings one of an older version to this one's form, so it may take a while.
    @concurrent
    private static func file(
        _ path: String, _ view: PresenceView, _ timings: StoreTimings?
    ) async throws -> DirectorySQLite {
        try DirectorySQLite(path: path, presence: view, timings: timings)
    }

    /// The first server of a database makes the network's key; those that come later have to have it.
    private static func network(
        of store: DirectoryPostgres, _ address: PostgresAddress, _ state: StateDirectory, _ log: ServerLog
    ) async throws -> NetworkKey {
        let known = try await store.network()
        let network: NetworkKey
        do throws(StartFailure) {
            let loaded = try NetworkFiles.loadKey(state, mayCreate: known == nil)
            for warning in loaded.warnings { log.note(warning) }
            network = loaded.key
        } catch {
            guard case .keyMissing = error, known != nil else { throw error }
            throw StartFailure.keyElsewhere(path: state.path, database: address.description)
        }
        guard try await store.belong(to: network.pin) else {
            throw StartFailure.keyElsewhere(path: state.path, database: address.description)
        }
        return network
    }
}

extension StorePlace {
    /// For people.
    func text(_ state: StateDirectory) -> String {
        switch self {
        case .file: state.databasePath
        case .postgres(let address): address.description
        }
    }
}
