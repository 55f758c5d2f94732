import DirectoryPostgres
import DirectoryServer
import Foundation
import NetworkTestKit
import TestKit
import Testing

/// From a state folder to PostgreSQL, as whoever runs the server does it.
struct StoreMigrationTests {
    private let fixture: ServerFixture
    private let data: String

    init() throws {
        fixture = try ServerFixture()
        data = fixture.place.file("data")
    }

    private func migrate(to address: PostgresAddress) async throws -> StoreMigration.Ending {
        try await StoreMigration(from: data, to: address).run { _, _ in }
    }

    @Test func theFolderSaysWhereTheNetworkIs() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        let note = "\(data)/store"
        try await fixture.running { _ in
            // Whoever has the folder's lock goes on with it.
            let ending = try await migrate(to: address)
            #expect(ending == .unfinished)
            #expect(access(note, F_OK) != 0)
        }
        guard case .done = try await migrate(to: address) else { throw TestKitError.invalid("it did not end") }
        #expect(try String(contentsOfFile: note, encoding: .utf8) == "\(address.description)\n")
        await #expect(throws: StartFailure.storeElsewhere(path: note, database: address.description)) {
            try await fixture.running { _ in }
        }
    }

    /// Only the lock says that a server runs.
    @Test func aFolderThatCannotBeTakenIsNoServerThatRuns() async throws {
        let address = try PostgresAddress(try await PostgresServer.shared().makeDatabase().address)
        try await fixture.running { _ in }
        #expect(unlink("\(data)/lock") == 0)
        #expect(mkdir("\(data)/lock", 0o700) == 0)
        await #expect(throws: StartFailure.stateDirectory(path: data, errno: EISDIR)) {
            _ = try await migrate(to: address)
        }
    }
}
