package import Directory
import Synchronization
package import Wire

/// Writes which of this server's peers are there, as long as it lives.
///
/// The rows hang on a lease, which is renewed every few seconds: those of a server that died end with it, and whoever renews his
/// own removes them. Where this server's lease ended itself, because it was held up, or the database lost the last of it in a crash,
/// all is written anew. The database's clock alone counts.
package final class PresenceLease: Sendable {
    package static let standardTerm = Duration.seconds(10)

    private let pool: PostgresPool
    private let view: PresenceView
    private let term: Duration
    private let state = Mutex(State())

    private struct State {
        var changes = PresenceChanges()
        /// All that are there, in case that all is to be written.
        var devices: [PresentPlace: PresentDevice] = [:]
        /// Of the row in `server`; nil before there is one.
        var server: Int64?
        /// Where peers reach this server.
        var endpoints: [Endpoint] = []
        /// Of the connection by which all was written last.
        var connection = 0
        /// A write was begun for what changed.
        var isWriting = false
        /// One is about to begin.
        var isScheduled = false
    }

    init(_ pool: PostgresPool, view: PresenceView, term: Duration) {
        self.pool = pool
        self.view = view
        self.term = term
    }

    /// The number of this server's row; 0 where there is none.
    var server: Int64 { state.withLock { $0.server ?? 0 } }

    func announce(_ endpoints: [Endpoint]) { state.withLock { $0.endpoints = endpoints } }

    /// Takes the lease, or prolongs it, and removes those of servers that died.
    package func renew() async throws(DirectoryStoreError) {
        try await pool.perform { [self] link in
            let milliseconds = term / .milliseconds(1)
            let (id, endpoints) = state.withLock { ($0.server, EndpointBytes.encode($0.endpoints)) }
            let parameters: [String: PostgresValue] = [
                "id": .optional(id), "endpoints": .bytes(endpoints), "term": .int(Int64(milliseconds)),
            ]
            let until = "now() + :term * interval '1 millisecond'"
            let server = try link.write { db in
                _ = try db.run("DELETE FROM server WHERE expires < now() AND id IS DISTINCT FROM :id", parameters)
                // Who missed these reads all.
                _ = try db.run("DELETE FROM notice WHERE noted < now() - interval '10 minutes'")
                let kept = try db.run(
                    "UPDATE server SET expires = \(until), endpoints = :endpoints WHERE id = :id RETURNING id",
                    parameters)
                let row =
                    try kept.first
                    ?? db.run(
                        "INSERT INTO server (endpoints, expires) VALUES (:endpoints, \(until)) RETURNING id", parameters
                    )[0]
                return try row.int("id")
            }
            state.withLock { state in
                if state.server != server { state.changes = .everything }
                state.server = server
            }
            try write(link)
        }
    }

    /// Returns once all is written that the view told.
    func catchUp() async throws(DirectoryStoreError) {
        guard state.withLock({ !$0.changes.isEmpty || $0.isWriting }) else { return }
        try await pool.perform { [self] link in try write(link) }
    }

    /// Gives the lease up.
    func close() async {
        if let server = state.withLock({ $0.server.take() }) {
            // Where the database is away, it ends by itself.
            try? await pool.perform { link in
                try link.write { db in _ = try db.run("DELETE FROM server WHERE id = :id", ["id": .int(server)]) }
            }
        }
        await pool.close()
    }

    /// On the thread of the one connection: one write after the other.
    private func write(_ link: PostgresLink) throws {
        // What is not synced may be lost in a crash, which the connection does not outlive.
        let connection = try link.number()
        let (changes, server) = state.withLock { state in
            if state.connection != connection { state.changes = .everything }
            state.connection = connection
            state.isWriting = !state.changes.isEmpty
            state.isScheduled = false
            defer { state.changes = PresenceChanges() }
            return (state.changes, state.server)
        }
        defer { state.withLock { $0.isWriting = false } }
        guard let server, !changes.isEmpty else { return }
        do {
            try link.write { db in try changes.write(for: server, everything, db) }
        } catch {
            state.withLock { $0.changes = .everything }
            throw error
        }
    }

    private func everything() -> (devices: [PresentDevice], served: [PublicationID]) {
        (state.withLock { Array($0.devices.values) }, view.allServed)
    }

    /// Other servers see it as soon as it is written; where that fails, the next renewal does it.
    private func change(_ change: (inout State) -> Void) {
        let mustWrite = state.withLock { state in
            change(&state)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard mustWrite else { return }
        let isTaken = pool.submit { [self] link in try? write(link) }
        if !isTaken { state.withLock { $0.isScheduled = false } }
    }
}

extension PresenceLease: PresenceObserver {
    package func entered(_ device: PresentDevice, serving publications: [PublicationID]) {
        change { state in
            state.devices[PresentPlace(user: device.user, device: device.id)] = device
            state.changes.enter(device)
            state.changes.serve(publications, true)
        }
    }

    package func left(_ user: UserName, _ device: DeviceID, isLast: Bool, withdrawing publications: [PublicationID]) {
        change { state in
            state.devices[PresentPlace(user: user, device: device)] = nil
            state.changes.leave(user, device)
            state.changes.serve(publications, false)
        }
    }

    package func served(_ publications: [PublicationID]) { change { $0.changes.serve(publications, true) } }
    package func withdrawn(_ publications: [PublicationID]) { change { $0.changes.serve(publications, false) } }
}
