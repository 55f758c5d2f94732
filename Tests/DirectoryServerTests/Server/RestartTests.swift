import Content
import Directory
import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

struct RestartTests {
    @Test func publicationsTokensAndTheNetworkSurvive() async throws {
        let fixture = try ServerFixture()
        let device = try Device("hans")
        let content = try #require(ContentID(root: Hash256(hashing: [1]), size: 5))
        let name = try FileName("a.pdf")
        let (pin, token) = try await fixture.running { server in
            let client = try await connected(to: server.port)
            let welcome = try await client.signIn(device.login("falcon*solo"))
            let results = try await client.publish([PublicationDraft(name: name, content: content)])
            guard case .published? = results.first else { throw TestKitError.timedOut("\(results)") }
            return (server.pin, welcome.token)
        }
        try await fixture.running { server in
            #expect(server.pin == pin)
            let client = try await connected(to: server.port, pin: pin)
            _ = try await client.signIn(device.login(.token(token)))
            #expect(try await client.published().map(\.name) == [name])
            await client.goodbye()
        }
    }

    @Test func aSecondServerOnTheSameFolderIsRefused() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { _ in
            await #expect(throws: StartFailure.locked(path: fixture.place.file("data"))) {
                try await DirectoryServer(fixture.configuration)
            }
        }
    }

    @Test func aTakenPortIsSaid() async throws {
        let fixture = try ServerFixture()
        let other = try ServerFixture()
        try await fixture.running { server in
            var configuration = other.configuration
            configuration.port = Int(server.port)
            await #expect(throws: StartFailure.portTaken(port: Int(server.port))) {
                try await DirectoryServer(configuration)
            }
        }
        // What was begun was ended: the folder is free.
        _ = try StateDirectory(path: other.configuration.dataDirectory)
    }

    @Test func anAddressOfAnotherMachineIsSaid() async throws {
        let fixture = try ServerFixture()
        var configuration = fixture.configuration
        configuration.host = "192.0.2.1"
        let failure = StartFailure.addressUnavailable(
            host: "192.0.2.1", reason: "it is no address of this machine")
        await #expect(throws: failure) { try await DirectoryServer(configuration) }
    }

    @Test(arguments: [nil, "", "no account here at all\n"])
    func withoutAccountsThereIsNoStart(credentials: String?) async throws {
        let fixture = try ServerFixture(credentials: credentials ?? "")
        var configuration = fixture.configuration
        if credentials == nil { configuration.credentialsPath = fixture.place.file("nowhere.txt") }
        let failure: StartFailure =
            credentials == nil
            ? .noCredentials(path: configuration.credentialsPath)
            : .credentialsWithoutAccounts(path: configuration.credentialsPath)
        await #expect(throws: failure) { try await DirectoryServer(configuration) }
    }
}
