import Content
import Directory
import DirectoryPostgres
import DirectorySQLite
import NetworkTestKit
import TestKit
import Testing
import Wire

/// From a file to PostgreSQL: what came is what was there.
@Suite(.serialized) struct MigrationTests {
    private static let hans = "hans"

    /// A store with something of everything, and names that COPY has to escape.
    private static func fill(_ store: DirectorySQLite) async throws -> [PublicationID] {
        let user = try Sample.user(hans)
        let names = ["a\tb", "back\\slash", "new\nline", "\\N", "\\.", "ÄRGER", "🛸", "say \"hi\"", "cr\rlf"]
        var drafts = try names.map { try Sample.draft($0, 1) }
        drafts.append(
            PublicationDraft(
                name: try Sample.file("secret"), visibility: .restricted(try Sample.readers(["leia"])),
                content: try Sample.content(5)))
        drafts.append(PublicationDraft(name: try Sample.file("unhashed"), content: nil, size: 7))
        let results = try await store.publish(drafts, by: user, at: 77, limit: 1_000) { _ in true }
        let folder = try await store.publish([Sample.folder("music")], by: user, limit: 1_000)
        var ids = (results + folder).compactMap { if case .published(let id) = $0 { id } else { nil } }
        let parent = try #require(ids.last)
        let inner = try (0..<20).map { try Sample.draft("song \($0)", 2, below: parent) }
        ids += try await store.publish(inner, by: user, limit: 1_000).compactMap {
            if case .published(let id) = $0 { id } else { nil }
        }
        let tokens = TokenPair(current: .zero, previous: nil, expires: 99)
        _ = try await store.changeTokens(
            of: Sample.device(1), labelled: "laptop", noting: Sighting(user: user, time: 5, seal: .zero)
        ) { _ in tokens }
        let entry = HolderEntry(content: try Sample.content(9), origin: ids[0], isWhole: false)
        _ = try await store.hold(add: [entry], remove: [], user: user, device: Sample.device(1), limit: 9)
        _ = try await store.addGroup(Sample.user("jedi"))
        _ = try await store.changeGroup(Sample.user("jedi"), add: [user], remove: [], limit: 9)
        _ = try await store.add(
            Invite(seal: Hash256(hashing: [1]), role: .admin, usesLeft: 2, created: 1, expires: 100))
        _ = try await store.revoke([user], issuedBefore: 1_000)
        return ids
    }

    private static func copy(
        _ snapshot: SQLiteSnapshot, _ migration: PostgresMigration, portion: Int, portions: Int = .max
    ) async throws -> (copied: Int, looked: Int) {
        var (copied, looked) = (0, 0)
        for table in StoredTable.all {
            var key: StoredRow?
            while looked < portions {
                let rows = try snapshot.rows(table, after: key, limit: portion)
                let end = rows.count < portion ? nil : rows.last.map { Array($0.prefix(table.keyCount)) }
                if try await migration.put(rows, table, after: key, upTo: end) { copied += 1 }
                looked += 1
                guard let end else { break }
                key = end
            }
        }
        return (copied, looked)
    }

    private static func copyInTwoGoes(
        _ path: String, to address: PostgresAddress, _ network: NetworkPin, _ change: () async throws -> Void
    ) async throws {
        let first = try await PostgresMigration(to: address)
        let snapshot = try SQLiteSnapshot(path: path)
        let begun = try await copy(snapshot, first, portion: 5, portions: 4)
        #expect(begun.copied > 0)
        await first.close()

        // Broken off, and meanwhile something changed.
        try await change()
        let second = try await PostgresMigration(to: address)
        let later = try SQLiteSnapshot(path: path)
        let gone = try await copy(later, second, portion: 5)
        let again = try await copy(later, second, portion: 5)
        #expect(gone.copied < gone.looked)
        #expect(again.copied == 0)
        for table in StoredTable.all { #expect(try await second.count(table) == later.count(table), "\(table.name)") }
        var numbers: [StoredTable: Int64] = [:]
        for table in StoredTable.all where table.isNumbered { numbers[table] = try later.lastNumber(table) }
        try await second.finish(numbers, network: network)
        await second.close()
    }

    @Test func whatCameIsWhatWasThere() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let file = try DirectorySQLite(path: path, presence: PresenceView())
        let ids = try await Self.fill(file)
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let network = NetworkPin(publicKeyDER: [1])

        try await Self.copyInTwoGoes(path, to: PostgresAddress(address), network) {
            _ = try await file.withdraw([ids[0]], by: Sample.user(Self.hans))
        }

        let store = try await DirectoryPostgres(PostgresAddress(address), presence: PresenceView())
        let hans = try Sample.user(Self.hans)
        #expect(
            try await store.publications(of: hans, after: nil, limit: 99)
                == file.publications(of: hans, after: nil, limit: 99))
        #expect(try await store.sightings(since: 0) == file.sightings(since: 0))
        #expect(try await store.memberRecords(after: nil, limit: 9) == file.memberRecords(after: nil, limit: 9))
        #expect(try await store.invites() == file.invites())
        #expect(try await store.groups() == file.groups())
        #expect(try await store.revocations(since: 0).kept == file.revocations(since: 0).kept)
        #expect(try await store.network() == network)
        // No number is given twice.
        let next = try await store.publish([Sample.draft("next", 1)], by: hans, limit: 1_000)
        guard case .published(let id)? = next.first else { throw TestKitError.invalid("\(next)") }
        #expect(id > ids.max() ?? id)
        #expect(try await store.revoke([hans], issuedBefore: 5).map(\.serial) == [2])
        await store.close()
        try file.close()
    }

    /// A large catalogue takes longer than any request may.
    @Test func theLastStepHasAllTheTimeItTakes() async throws {
        let server = try await PostgresServer.shared()
        let (name, address) = try await server.makeDatabase()
        var impatient = try PostgresAddress(address)
        impatient.patience = .seconds(1)
        let migration = try await PostgresMigration(to: impatient)
        try await server.query(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$;
            CREATE TRIGGER slow AFTER INSERT ON account FOR EACH STATEMENT EXECUTE FUNCTION slow();
            """, in: name)
        try await migration.finish([:], network: NetworkPin(publicKeyDER: [1]))
        await migration.analyze()
        await migration.close()
    }

    @Test func whatFailsBeforeTheEndLeavesTheDatabaseAsItWas() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let parsed = try PostgresAddress(address)
        let network = NetworkPin(publicKeyDER: [1])
        let migration = try await PostgresMigration(to: parsed)
        let failure = DirectoryStoreError.failed(detail: "for a test")
        await #expect(throws: failure) { try await migration.finish([:], network: network) { throw failure } }
        try await migration.finish([:], network: network)
        await migration.close()
        let store = try await DirectoryPostgres(parsed, presence: PresenceView())
        #expect(try await store.network() == network)
        await store.close()
    }

    @Test func aDatabaseInUseIsLeftAlone() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let parsed = try PostgresAddress(address)
        let store = try await DirectoryPostgres(parsed, presence: PresenceView())
        try await store.note([Sighting(user: Sample.user("hans"), time: 1)])
        await #expect(throws: PostgresMigration.inUse) {
            _ = try await PostgresMigration(to: parsed)
        }
        await store.close()
    }
}
