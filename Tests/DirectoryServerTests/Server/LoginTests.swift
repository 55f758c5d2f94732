import Directory
import DirectoryClient
import DirectoryServer
import SwiftASN1
import TestKit
import Testing
import Wire
import X509

struct LoginTests {
    @Test func aMemberSignsInSeesOthersAndLeaves() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let hans = try await connected(to: server.port, pin: server.pin)
            let vader = try await connected(to: server.port)
            let welcome = try await hans.signIn(try Device("hans").login("falcon*solo"))
            #expect(welcome.token.count == 32)
            let leaf = try Certificate(derEncoded: welcome.certificate)
            #expect(leaf.subject.description == "CN=hans")
            #expect(try await hans.peers().isEmpty)
            _ = try await vader.signIn(try Device("vader").login("deathstar"))
            #expect(try await hans.peers().map(\.text) == ["vader"])
            await vader.goodbye()
            #expect(try await hans.peers().isEmpty)
            await hans.goodbye()
        }
    }

    @Test func aServerOnAllAddressesIsReachedOverIPv4() async throws {
        let fixture = try ServerFixture()
        var configuration = fixture.configuration
        configuration.host = nil
        try await DirectoryServer.whileRunning(configuration) { server in
            let client = try await connected(to: server.port)
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            await client.goodbye()
        }
    }

    @Test(arguments: [("hans", "wrong"), ("nobody", "falcon*solo")])
    func unknownUserAndWrongPasswordAreTheSame(user: String, password: String) async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let client = try await connected(to: server.port)
            await #expect(throws: DirectoryClientFailure.refused(.authenticationFailed)) {
                try await client.signIn(try Device(user).login(password))
            }
            await client.goodbye()
        }
    }

    @Test func nobodyIsServedBeforeTheLogin() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let client = try await connected(to: server.port)
            #expect(try await client.network().certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----"))
            await #expect(throws: DirectoryClientFailure.self) { try await client.peers() }
            await client.goodbye()
        }
    }

    @Test func aWrongFingerprintIsNamed() async throws {
        let fixture = try ServerFixture()
        let other = try #require(NetworkPin(fingerprint: String(repeating: "ab", count: 32)))
        try await fixture.running { server in
            await #expect(throws: DirectoryClientFailure.pinMismatch(expected: other, found: server.pin)) {
                try await connected(to: server.port, pin: other)
            }
        }
    }

    @Test func aSecondDeviceIsToldWhereTheFirstIs() async throws {
        let fixture = try ServerFixture()
        try await fixture.running { server in
            let first = try await connected(to: server.port)
            _ = try await first.signIn(try Device("hans").login("falcon*solo"))
            let second = try await connected(to: server.port)
            do {
                _ = try await second.signIn(try Device("hans").login("falcon*solo"))
                Issue.record("signed in twice")
            } catch DirectoryClientFailure.refused(.onlineElsewhere(let place)) {
                #expect(place.contains("127.0.0.1"))
            }
            await first.goodbye()
            await second.goodbye()
        }
    }
}
