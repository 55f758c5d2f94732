import Content
import Directory
import DirectoryPostgres
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Databases that are another's, newer, or away.
@Suite(.serialized) struct DatabaseTests {
    private func opened(_ address: String) async throws -> DirectoryPostgres {
        try await DirectoryPostgres(PostgresAddress(address), presence: PresenceView(), connections: 2)
    }

    @Test func whatWasAcknowledgedIsThereWhenOpenedAgain() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let hans = try Sample.user("hans")
        let first = try await opened(address)
        let results = try await first.publish([Sample.draft("a", 1)], by: hans, limit: 9)
        await first.close()
        let second = try await opened(address)
        let publications = try await second.publications(of: hans, after: nil, limit: 9)
        #expect(publications.map { .published($0.id) } == results)
        await second.close()
    }

    @Test func anotherProgramsTablesAreLeftAlone() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        try await server.query("CREATE TABLE diary (line text)", in: name)
        await #expect(throws: DirectoryStoreError.foreign(path: "\(try PostgresAddress(address))")) {
            _ = try await opened(address)
        }
        #expect(try await server.query("SELECT to_regclass('account') IS NULL", in: name) == "t\n")
    }

    @Test func aNewerVersionsTablesAreLeftAlone() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        await (try opened(address)).close()
        try await server.query("UPDATE bittrickle SET version = 9999", in: name)
        await #expect(throws: DirectoryStoreError.newerSchema(path: "\(try PostgresAddress(address))")) {
            _ = try await opened(address)
        }
    }

    @Test func twoThatStartAtTheSameTimeMakeTheTablesOnce() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let stores = try await withThrowingTaskGroup(of: DirectoryPostgres.self) { group in
            for _ in 0..<4 { group.addTask { try await self.opened(address) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for store in stores { await store.close() }
        #expect(stores.count == 4)
    }

    @Test func aDatabaseBelongsToOneNetwork() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let (own, other) = (NetworkPin(publicKeyDER: [1]), NetworkPin(publicKeyDER: [2]))
        let store = try await opened(address)
        #expect(try await store.network() == nil)
        #expect(try await store.belong(to: own))
        #expect(try await store.belong(to: own))
        #expect(try await !store.belong(to: other))
        #expect(try await store.network() == own)
        await store.close()
    }

    /// Whoever publishes for a group while it is removed may leave a row.
    @Test func aNewGroupInheritsNothing() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        let store = try await opened(address)
        let results = try await store.publish([Sample.draft("a", 1)], by: Sample.user("hans"), limit: 9)
        guard case .published(let id)? = results.first else { throw TestKitError.invalid("\(results)") }
        let row = "INSERT INTO reader (publication, name, expires) VALUES (\(id.rawValue), 'jedi', 0)"
        try await server.query(row, in: name)
        #expect(try await store.addGroup(Sample.user("jedi")))
        #expect(try await server.query("SELECT count(*) FROM reader", in: name) == "0\n")
        // One that is there keeps what is for it.
        try await server.query(row, in: name)
        #expect(try await store.addGroup(Sample.user("jedi")))
        #expect(try await server.query("SELECT count(*) FROM reader", in: name) == "1\n")
        await store.close()
    }

    @Test func lostConnectionsAreMadeAgain() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        let presence = PresenceView()
        let store = try await DirectoryPostgres(
            PostgresAddress(address), presence: presence, connections: 2, leaseTerm: .seconds(600))
        let hans = try Sample.user("hans")
        guard
            case .published(let id)? = try await store.publish([Sample.draft("a", 1)], by: hans, limit: 9).first
        else { throw TestKitError.invalid("no publication") }
        presence.serve([id])
        #expect(try await store.found("a").count == 1)
        // Presence goes too, as in a crash: what is not synced may be lost.
        try await server.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND pid <> pg_backend_pid();
            DELETE FROM served
            """, in: name)
        try await store.renewLease()
        #expect(try await store.found("a").count == 1)
        #expect(try await store.publish([Sample.draft("b", 1)], by: hans, limit: 9).count == 1)
        await store.close()
    }

    /// A server with many peers whose connection was lost would otherwise be busy with that for minutes.
    @Test func manyAreWrittenInFewStatements() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        let presence = PresenceView()
        let store = try await DirectoryPostgres(
            PostgresAddress(address), presence: presence, connections: 1, leaseTerm: .seconds(600))
        let users = try (0..<300).map { try Sample.user("member\($0)") }
        for user in users { presence.enter(PresentDevice(user, try Sample.device(1), place: "desk"), serving: []) }
        #expect(try await store.found("x").isEmpty)
        try await server.query(
            """
            CREATE TABLE counted (name text);
            CREATE FUNCTION counts() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO counted VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
            CREATE TRIGGER counts AFTER INSERT ON online FOR EACH STATEMENT EXECUTE FUNCTION counts();
            CREATE TRIGGER counts AFTER INSERT ON account FOR EACH STATEMENT EXECUTE FUNCTION counts();
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)' AND pid <> pg_backend_pid();
            """, in: name)
        try await store.renewLease()
        #expect(try await server.query("SELECT count(*) FROM online", in: name) == "300\n")
        let seal = Hash256(hashing: [1])
        try await store.note(
            users.map { Sighting(user: $0, time: 7, seal: seal) } + users.map { Sighting(user: $0, time: 5) })
        #expect(try await store.sightings(since: 0) == users.sorted().map { Sighting(user: $0, time: 7, seal: seal) })
        let count = "SELECT count(*) < 5 FROM counted WHERE name ="
        for table in ["online", "account"] {
            #expect(try await server.query("\(count) '\(table)'", in: name) == "t\n", "\(table)")
        }
        // Who leaves, and who is somewhere else, are few again.
        for user in users.dropFirst(2) { presence.leave(user, try Sample.device(1), serving: []) }
        presence.enter(PresentDevice(users[0], try Sample.device(1), place: "sofa"), serving: [])
        #expect(try await store.found("x").isEmpty)
        #expect(try await server.query("SELECT label FROM online ORDER BY label", in: name) == "desk\nsofa\n")
        await store.close()
    }

    @Test func aDatabaseThatIsAwayIsSaidToBe() async throws {
        let folder = try TemporaryDirectory()
        let address = "postgres://tests:secret@/nowhere?host=\(folder.path)"
        do {
            _ = try await opened(address)
            Issue.record("it was opened")
        } catch DirectoryStoreError.away(let detail) {
            #expect(detail.contains("No such file or directory"))
            #expect(!detail.contains("secret"))
        }
        let parsed = try PostgresAddress(address)
        #expect(parsed.description == "postgres://tests@/nowhere?host=\(folder.path)")
    }

    @Test func addressesAreReadAsTheyAreMeant() throws {
        let address = try PostgresAddress("postgresql://me:secret@db.example:5433/share?sslmode=require")
        #expect(address.description == "postgres://me@db.example:5433/share")
        for wrong in ["mysql://a/b", "postgres://[::1/x", "/var/lib/x", "postgres://a/b?nonsense=1"] {
            #expect(throws: PostgresAddress.AddressFault.self) { try PostgresAddress(wrong) }
        }
    }

    /// PostgreSQL has no text with a zero in it.
    @Test func aZeroInADevicesLabelIsLeftOut() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let store = try await opened(address)
        let hans = try Sample.user("hans")
        let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
        _ = try await store.changeTokens(
            of: Sample.device(1), labelled: "lap\0top", noting: Sighting(user: hans, time: 1)
        ) { _ in tokens }
        #expect(try await store.devices(of: hans).map(\.label) == ["laptop"])
        await store.close()
    }
}
