import Directory
import DirectoryClient
import DirectoryPostgres
import DirectoryServer
import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Servers whose store is PostgreSQL, as whoever runs them sees them.
struct PostgresStoreTests {
    private let fixture: ServerFixture
    private let data: String

    init() throws {
        fixture = try ServerFixture()
        data = fixture.place.file("data")
    }

    private func configuration(_ address: PostgresAddress) -> ServerConfiguration {
        var configuration = fixture.configuration
        configuration.store = .postgres(address)
        configuration.metrics = MetricsAddress(port: 0)
        configuration.reachable = ["127.0.0.1"]
        return configuration
    }

    @Test func theyAreWatchedAsOthersAre() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        try await DirectoryServer.whileRunning(configuration(address)) { server in
            let scraper = Scraper(port: try #require(server.metricsPort))
            let client = try await connected(to: server.port)
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            _ = try await client.publish([Sample.draft("a", 1)])
            _ = try await client.peers()
            let numbers = try await scraper.numbers()
            #expect(numbers["bittrickle_publications"] == 1)
            #expect(numbers["bittrickle_store_up"] == 1)
            for operation in ["read", "write", "commit"] {
                let count = numbers["bittrickle_store_duration_seconds_count{operation=\"\(operation)\"}"] ?? 0
                #expect(count > 0, "\(operation)")
            }
            #expect(numbers.keys.allSatisfy { !$0.hasPrefix("bittrickle_store_bytes") })
            #expect(try await scraper.get("/ready").status == 200)
            await client.goodbye()
        }
    }

    /// Two servers, of which each has one member.
    @Test func whoIsAtAnotherServerIsCalled() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        let other = try ServerFixture()
        try await DirectoryServer.whileRunning(configuration(address)) { here in
            let files = FileManager.default
            try files.createDirectory(
                atPath: other.place.file("data"), withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            for name in ["network.key", "network.pem"] {
                try files.copyItem(atPath: "\(data)/\(name)", toPath: other.place.file("data/\(name)"))
            }
            var there = other.configuration
            there.store = .postgres(address)
            there.reachable = ["127.0.0.1"]
            try await DirectoryServer.whileRunning(there) { there in
                let (hans, vader) = (try await connected(to: here.port), try await connected(to: there.port))
                _ = try await hans.signIn(try Device("hans").login("falcon*solo"))
                _ = try await vader.signIn(try Device("vader").login("deathstar"))
                let attempt = AttemptID.random()
                let reach = Reach(attempt: attempt, user: try Sample.user("vader"))
                // Until his presence is written, he is not there for the other server.
                try await eventually("he is there") { (try? await hans.reach(reach)) != nil }
                var words = vader.words.makeAsyncIterator()
                var call: Call?
                while call == nil, let word = await words.next() {
                    if case .call(let found) = word { call = found }
                }
                #expect(call?.user.text == "hans" && call?.attempt == attempt)
                for client in [hans, vader] { await client.goodbye() }
            }
        }
    }

    /// The folder of such a server may have a file of long ago.
    @Test func whatIsInADatabaseOfManyIsNotBackedUpAsAFile() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        let (file, data) = (fixture.place.file("backup"), data)
        try await fixture.running { _ in _ = try ServerBackup.make(of: data, to: file, replacing: false) }
        try await DirectoryServer.whileRunning(configuration(address)) { _ in }
        let refusal = MaintenanceFailure.elsewhere(folder: data, database: address.description)
        #expect(throws: refusal) { try ServerBackup.make(of: data, to: file, replacing: true) }
        #expect(throws: refusal) { _ = try ServerCheck.look(at: data) }
        #expect(throws: MaintenanceFailure.self) { _ = try ServerRestore.put(file, into: data, replacing: false) }
        #expect(try ServerRestore.put(file, into: data, replacing: true).faults.isEmpty)
        #expect(try ServerCheck.look(at: data).faults.isEmpty)

        // One that keeps its file again has to say so.
        try await DirectoryServer.whileRunning(configuration(address)) { _ in }
        let note = "\(data)/store"
        await #expect(throws: StartFailure.storeElsewhere(path: note, database: address.description)) {
            try await fixture.running { _ in }
        }
        try #require(unlink(note) == 0)
        try await fixture.running { _ in _ = try ServerBackup.make(of: data, to: file, replacing: true) }
    }

    @Test func whoSignsInHearsOfTheOthers() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        try await DirectoryServer.whileRunning(configuration(address)) { server in
            let other = fixture.place.file("other")
            try #require(mkdir(other, 0o700) == 0)
            for name in ["network.key", "network.pem"] {
                try #require(link("\(data)/\(name)", "\(other)/\(name)") == 0)
            }
            var second = configuration(address)
            second.dataDirectory = other
            try await DirectoryServer.whileRunning(second) { second in
                let client = try await connected(to: second.port)
                let welcome = try await client.signIn(try Device("hans").login("falcon*solo"))
                #expect(welcome.pulse.servers.map(\.port) == [second.port, server.port])
                await client.goodbye()
            }
        }
    }
}
