import Directory
import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

struct CredentialsTests {
    @Test func aChangedFileAddsAndExpels() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let hans = try await connected(to: server.port)
            let vader = try await connected(to: server.port)
            let hansWelcome = try await hans.signIn(try Device("hans").login("falcon*solo"))
            _ = try await vader.signIn(try Device("vader").login("deathstar"))
            try fixture.write("hans falcon*solo\nleia alderaan\n")
            server.reloadCredentials()
            try await eventually("vader leaves") { try await hans.peers().isEmpty }
            try await eventually("vader is revoked") {
                try await hans.revocations(since: hansWelcome.pulse.revocationSerial).map(\.user.text) == ["vader"]
            }
            let leia = try await connected(to: server.port)
            _ = try await leia.signIn(try Device("leia").login("alderaan"))
            await #expect(throws: DirectoryClientFailure.refused(.authenticationFailed)) {
                try await leia.signIn(try Device("vader").login("deathstar"))
            }
            for client in [hans, vader, leia] { await client.goodbye() }
        }
    }

    @Test(arguments: ["", "rubbish\n"])
    func aFileWithoutAccountsExpelsNobody(credentials: String) async throws {
        let log = CapturedLog()
        let fixture = try ServerFixture()
        var configuration = fixture.configuration
        configuration.log = ServerLog(events: log.logger)
        try await DirectoryServer.whileRunning(configuration) { server in
            let hans = try await connected(to: server.port)
            let vader = try await connected(to: server.port)
            _ = try await hans.signIn(try Device("hans").login("falcon*solo"))
            _ = try await vader.signIn(try Device("vader").login("deathstar"))
            try fixture.write(credentials)
            server.reloadCredentials()
            try await eventually("the file is read") {
                log.messages.contains("The credentials file holds no account: the accounts stay as they are")
            }
            #expect(try await hans.peers().map(\.text) == ["vader"])
            for client in [hans, vader] { await client.goodbye() }
        }
    }

    @Test func malformedLinesAreReportedAndTheOthersHold() async throws {
        let log = CapturedLog()
        let fixture = try ServerFixture(credentials: "hans falcon*solo\nvader  deathstar\nleia\n")
        var configuration = fixture.configuration
        configuration.log = ServerLog(events: log.logger)
        try await DirectoryServer.whileRunning(configuration) { server in
            #expect(server.accountCount == 1)
            #expect(log.lines.contains { $0.contains("line=2") && $0.contains("more than one space") })
            #expect(log.lines.contains { $0.contains("line=3") && $0.contains("not a user name") })
        }
    }

    @Test func aHundredThousandLinesAreRead() async throws {
        let lines = (0..<100_000).map { "user\($0) password\($0)" }
        let fixture = try ServerFixture(credentials: lines.joined(separator: "\n"))
        try await fixture.running { server in #expect(server.accountCount == 100_000) }
    }
}
