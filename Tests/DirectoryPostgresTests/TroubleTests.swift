import Directory
import DirectoryPostgres
import Glibc
import NetworkTestKit
import TestKit
import Testing
import Wire

/// A database that is slow, full, stopped, or only read: requests are told so, and it is used again as soon as it is well.
@Suite(.serialized) struct TroubleTests {
    private struct Subject {
        let server: PostgresServer
        let database: String
        let store: DirectoryPostgres
        let hans: UserName

        func publish(_ name: String) async throws -> [PublishResult] {
            try await store.publish([Sample.draft(name, 1)], by: hans, limit: 99)
        }

        func query(_ sql: String) async throws -> String { try await server.query(sql, in: database) }

        /// Of the store's connections.
        func processes() async throws -> Set<Int32> {
            let sql = """
                SELECT pid FROM pg_stat_activity
                WHERE datname = '\(database)' AND application_name = 'bittrickle-server'
                """
            return Set(try await query(sql).split(separator: "\n").compactMap { Int32($0) })
        }

        /// Nobody gets at publications while the body runs.
        func whilePublicationsAreLocked(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // It is ended: that is its failure.
                    _ = try? await query("BEGIN; LOCK TABLE publication; SELECT pg_sleep(50)")
                }
                try await eventually("it is locked") {
                    try await query(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event = 'PgSleep'"
                    )
                        == "1\n"
                }
                let result: Result<Void, any Error>
                do { result = .success(try await body()) } catch { result = .failure(error) }
                try await unlock()
                try await group.waitForAll()
                try result.get()
            }
        }

        func unlock() async throws {
            let sql = """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = '\(database)' AND wait_event = 'PgSleep'
                """
            _ = try await query(sql)
        }
    }

    private func withStore(
        options: String = "", patience: Duration? = nil, _ body: (Subject) async throws -> Void
    ) async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        var parsed = try PostgresAddress(address + options)
        if let patience { parsed.patience = patience }
        let store = try await DirectoryPostgres(
            parsed, presence: PresenceView(), connections: 1, leaseTerm: .seconds(600))
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(
                    Subject(server: server, database: name, store: store, hans: try Sample.user("hans"))))
        } catch {
            result = .failure(error)
        }
        await store.close()
        try result.get()
    }

    private func isAway(_ question: () async throws -> Void) async throws -> Bool {
        do {
            try await question()
            return false
        } catch DirectoryStoreError.away {
            return true
        }
    }

    @Test func whoComesToAFullQueueIsToldAtOnce() async throws {
        try await withStore { subject in
            _ = try await subject.publish("a")
            let count = Seen(0)
            try await subject.whilePublicationsAreLocked {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<1_100 {
                        group.addTask {
                            let isAway = try await isAway {
                                _ = try await subject.store.publications(of: subject.hans, after: nil, limit: 9)
                            }
                            if isAway { count.change { $0 += 1 } }
                        }
                    }
                    // A thousand wait, and one is being asked.
                    try await eventually("others are told") { count.value >= 99 }
                    try await subject.unlock()
                    try await group.waitForAll()
                }
            }
            #expect(count.value <= 100)
            #expect(try await subject.publish("b").count == 1)
        }
    }

    @Test func aStatementThatHangsIsEnded() async throws {
        try await withStore(options: "&options=-c%20statement_timeout%3D300") { subject in
            _ = try await subject.publish("a")
            let processes = try await subject.processes()
            try await subject.whilePublicationsAreLocked {
                let wasAway = try await isAway { _ = try await subject.publish("b") }
                #expect(wasAway)
            }
            #expect(try await subject.publish("b").count == 1)
            #expect(try await subject.processes() == processes)
        }
    }

    /// As where its machine's disk does not answer: it does not even see that the time is up.
    @Test func aServerThatIsStoppedIsWaitedForNoLongerThanPatienceLasts() async throws {
        try await withStore(patience: .milliseconds(500)) { subject in
            _ = try await subject.publish("a")
            let stopped = try await subject.processes()
            for process in stopped { kill(process, SIGSTOP) }
            defer { for process in stopped { kill(process, SIGCONT) } }
            let begin = ContinuousClock.now
            // A connection that is of no use before anything was begun is replaced.
            #expect(try await subject.publish("b").count == 1)
            #expect(ContinuousClock.now - begin < .seconds(5))
            #expect(try await !subject.processes().subtracting(stopped).isEmpty)
        }
    }

    @Test func aFullDiskIsSaidToBeFull() async throws {
        try await withStore { subject in
            try await failing(subject, with: "53100") {
                await #expect(throws: DirectoryStoreError.full) { _ = try await subject.publish("a") }
                let there = try await subject.store.publications(of: subject.hans, after: nil, limit: 9)
                #expect(there == [])
            }
            #expect(try await subject.publish("a").count == 1)
        }
    }

    @Test func whatIsOnlyReadAnyMoreIsAwayAndAnotherConnectionIsTried() async throws {
        try await withStore { subject in
            _ = try await subject.publish("a")
            let processes = try await subject.processes()
            try await failing(subject, with: "25006") {
                let wasAway = try await isAway { _ = try await subject.publish("b") }
                #expect(wasAway)
            }
            #expect(try await subject.publish("b").count == 1)
            #expect(try await subject.processes() != processes)

            // A standby is not even connected to.
            try await subject.server.query(
                """
                ALTER DATABASE \(subject.database) SET default_transaction_read_only = on;
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = '\(subject.database)' AND application_name = 'bittrickle-server'
                """, in: "postgres")
            #expect(try await isAway { _ = try await subject.publish("c") })
            try await subject.server.query(
                "ALTER DATABASE \(subject.database) RESET default_transaction_read_only", in: "postgres")
            try await eventually("it is written again") {
                try await !isAway { _ = try await subject.publish("c") }
            }
        }
    }

    /// Whoever publishes gets that failure from the server.
    private func failing(_ subject: Subject, with code: String, _ body: () async throws -> Void) async throws {
        _ = try await subject.query(
            """
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'for a test' USING ERRCODE = '\(code)'; END $$;
            CREATE TRIGGER failing BEFORE INSERT ON publication EXECUTE FUNCTION fail();
            """)
        try await body()
        _ = try await subject.query("DROP FUNCTION fail CASCADE")
    }
}

private func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}
