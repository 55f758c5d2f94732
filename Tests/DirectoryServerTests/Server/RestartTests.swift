import Connectivity
import Content
import Directory
import DirectoryClient
import DirectoryServer
import Glibc
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

    /// The password was changed while no server ran: whoever has a certificate from before is nobody any more.
    @Test func anOldCertificateIsRefusedAfterThePasswordChanged() async throws {
        let fixture = try ServerFixture()
        let vader = try Device("vader")
        let certificate = try await fixture.running { server in
            let client = try await connected(to: server.port)
            let certificate = try await client.signIn(vader.login("deathstar")).certificate
            await client.goodbye()
            return certificate
        }
        // Nothing changed: the certificate is good.
        try await fixture.running { server in
            let refusal = try await refusal(of: certificate, at: server)
            #expect(refusal == nil)
        }
        try fixture.write("hans falcon*solo\nvader alderaan\n")
        let log = CapturedLog()
        for start in 0..<2 {
            var configuration = fixture.configuration
            configuration.log = ServerLog(events: log.logger)
            try await DirectoryServer.whileRunning(configuration) { server in
                let refusal = try await refusal(of: certificate, at: server)
                #expect(refusal == .revoked(vader.user), "start \(start)")
            }
        }
        let told = log.lines.filter { $0.hasPrefix("The credentials file changed while no server ran") }
        #expect(told == ["The credentials file changed while no server ran: certificates revoked count=1"])
        try await fixture.running { server in
            let client = try await connected(to: server.port)
            let renewed = try await client.signIn(vader.login("alderaan")).certificate
            let refusal = try await refusal(of: renewed, at: server)
            #expect(refusal == nil)
            await client.goodbye()
        }
    }

    /// What a peer makes of another's certificate who has just signed in.
    private func refusal(of certificate: [UInt8], at server: DirectoryServer) async throws -> PeerRefusal? {
        let hans = try Device("hans")
        let client = try await connected(to: server.port, pin: server.pin)
        let pulse = try await client.signIn(hans.login("falcon*solo")).pulse
        let authority = try NetworkAuthority(
            certificatePEM: try await client.network().certificatePEM, pin: server.pin)
        var revocations = RevocationList()
        if pulse.revocationSerial > 0 {
            revocations.insert(try await client.revocations(since: 0), at: pulse.serverTime)
        }
        await client.goodbye()
        do throws(PeerRefusal) {
            let verifier = PeerVerifier(authority: authority, ownName: hans.user)
            // A certificate that was issued behind a revocation of this very second is dated ahead.
            _ = try verifier.verify(chain: [certificate], at: pulse.serverTime + 1_000, revocations: revocations)
            return nil
        } catch {
            return error
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
            await #expect(throws: StartFailure.portTaken(.udp, port: Int(server.port))) {
                try await DirectoryServer(configuration)
            }
        }
        // Nothing was begun.
        #expect(access(other.configuration.dataDirectory, F_OK) != 0)
        // Of a network that there is already the folder is free again.
        try await other.running { _ in }
        try await fixture.running { server in
            var configuration = other.configuration
            configuration.port = Int(server.port)
            await #expect(throws: StartFailure.portTaken(port: Int(server.port))) {
                try await DirectoryServer(configuration)
            }
        }
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

    /// A mistake in the file is none that opens the network to whoever reads what the server prints.
    @Test func aFileInWhichNoLineIsAnAccountIsAMistake() async throws {
        let fixture = try ServerFixture(credentials: "hans\tfalcon*solo\n")
        let failure = StartFailure.credentialsWithoutAccounts(path: fixture.configuration.credentialsPath)
        await #expect(throws: failure) { try await DirectoryServer(fixture.configuration) }
    }

    @Test(arguments: [nil, ""])
    func whereNobodyBelongsYetTheFirstIsInvited(credentials: String?) async throws {
        let fixture = try ServerFixture(credentials: credentials ?? "")
        var configuration = fixture.configuration
        if credentials == nil { configuration.credentialsPath = fixture.place.file("nowhere.txt") }
        let first = try await DirectoryServer.whileRunning(configuration) { server in
            #expect(server.accountCount == 0)
            return try #require(server.firstInvite)
        }
        // The one of an earlier start is not valid any more.
        let second = try await DirectoryServer.whileRunning(configuration) { try #require($0.firstInvite) }
        #expect(first != second)
        configuration.needsCredentials = true
        let failure: StartFailure =
            credentials == nil
            ? .noCredentials(path: configuration.credentialsPath)
            : .credentialsWithoutAccounts(path: configuration.credentialsPath)
        await #expect(throws: failure) { try await DirectoryServer(configuration) }
    }
}
