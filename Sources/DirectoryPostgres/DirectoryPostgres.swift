package import Directory
package import Logging

/// The directory's store on PostgreSQL, which several servers share.
///
/// Threads of its own wait for the database (``PostgresPool``). Whoever changes what is a member's locks his account first, so
/// that each change sees those before it. Who is there, every server writes for its own peers, under a lease (``PresenceLease``):
/// a query first writes what this server has not written yet, and then sees the peers of all.
package final class DirectoryPostgres: DirectoryStore {
    private let pool: PostgresPool
    private let timings: StoreTimings?
    let lease: PresenceLease
    let ear: HandingEar

    /// Connects, and brings the database to this version's tables.
    ///
    /// - Parameters:
    ///   - connections: for requests; one more keeps the lease.
    ///   - timings: is told what everything takes.
    package init(
        _ address: PostgresAddress, presence: PresenceView, connections: Int = 8,
        log: Logger = Logger(label: "postgres") { _ in SwiftLogNoOpLogHandler() },
        leaseTerm: Duration = PresenceLease.standardTerm, timings: StoreTimings? = nil
    ) async throws(DirectoryStoreError) {
        self.timings = timings
        pool = PostgresPool(address, connections: connections, log: log, timings: timings)
        lease = PresenceLease(
            PostgresPool(address, connections: 1, log: log), view: presence, term: leaseTerm)
        ear = HandingEar(address, log: log)
        do {
            try await pool.perform { link in try Schema.prepare(link, place: address.description) }
            try await lease.renew()
        } catch {
            await pool.close()
            await lease.close()
            await ear.close()
            throw error
        }
        ear.listen { [lease] in lease.server }
        presence.attach(lease)
    }

    /// Ends the lease and all connections: this server's peers are there no more.
    package func close() async {
        await ear.close()
        await lease.close()
        await pool.close()
    }

    /// What does not depend on who is there.
    func read<Value: Sendable>(_ query: @escaping @Sendable (PostgresConnection) throws -> Value)
        async throws(DirectoryStoreError) -> Value
    {
        let start = ContinuousClock.now
        defer { timings?.note(.read, start.nanosecondsToNow) }
        return try await pool.perform(.reading) { link in try link.read(query) }
    }

    /// What does.
    func look<Value: Sendable>(_ query: @escaping @Sendable (PostgresConnection) throws -> Value)
        async throws(DirectoryStoreError) -> Value
    {
        try await lease.catchUp()
        return try await read(query)
    }

    func write<Value: Sendable>(_ change: @escaping @Sendable (PostgresConnection) throws -> Value)
        async throws(DirectoryStoreError) -> Value
    {
        let start = ContinuousClock.now
        defer { timings?.note(.write, start.nanosecondsToNow) }
        return try await pool.perform { link in try link.write(change) }
    }
}
