import Content
import Directory
import DirectoryClient
import DirectoryServer
import NIOCore
import NetworkTestKit
import TestKit
import Testing
import Wire

struct ConnectingTests {
    private let live: LiveServer

    init() throws { live = try LiveServer(users: ["hans"]) }

    /// A port on which nobody answers.
    private func silentAddress() async throws -> ServerAddress {
        let nowhere = try SocketAddress(ipAddress: "127.0.0.1", port: 9)
        let proxy = try await LossyProxy.start(to: nowhere)
        let address = try await proxy.address
        await proxy.close()
        return ServerAddress(address)
    }

    @Test(.timeLimit(.minutes(1))) func learnsThePinAndInsistsOnIt() async throws {
        try await live.running { server in
            let first = DirectoryClient()
            let pin = try await first.connect(to: ServerAddress(host: "localhost", port: Int(server.port)), pin: nil)
            #expect(pin == server.pin)
            await first.goodbye()
            let second = DirectoryClient()
            #expect(try await second.connect(to: ServerAddress(server.address), pin: pin) == pin)
            await second.goodbye()
            let other = NetworkPin(publicKeyDER: [1])
            let third = DirectoryClient()
            await #expect(throws: DirectoryClientFailure.pinMismatch(expected: other, found: pin)) {
                try await third.connect(to: ServerAddress(server.address), pin: other)
            }
            // After a failure it may be tried again.
            #expect(try await third.connect(to: ServerAddress(server.address), pin: nil) == pin)
            await third.goodbye()
        }
    }

    @Test(.timeLimit(.minutes(1))) func saysWithinFiveSecondsThatNobodyIsThere() async throws {
        let address = try await silentAddress()
        let client = DirectoryClient()
        let start = ContinuousClock.now
        await #expect(throws: DirectoryClientFailure.away(address: address.description)) {
            try await client.connect(to: address, pin: nil)
        }
        #expect(ContinuousClock.now - start < .seconds(5))
        await client.goodbye()
    }

    @Test(.timeLimit(.minutes(1))) func saysThatAHostHasNoAddress() async throws {
        let client = DirectoryClient()
        await #expect(throws: DirectoryClientFailure.unresolvable(host: "nobody.invalid")) {
            try await client.connect(to: ServerAddress(host: "nobody.invalid", port: 1), pin: nil)
        }
        await client.goodbye()
    }

    @Test(.timeLimit(.minutes(1))) func endsWithItsTask() async throws {
        let address = try await silentAddress()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let client = DirectoryClient()
                await #expect(throws: DirectoryClientFailure.cancelled) {
                    try await client.connect(to: address, pin: nil)
                }
                await client.goodbye()
            }
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test(.timeLimit(.minutes(1))) func endsARequestWithItsTask() async throws {
        try await live.running { server in
            let proxy = try await LossyProxy.start(to: server.address)
            let hans = try await client(of: proxy.address, user: "hans")
            await proxy.cut()
            let start = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: DirectoryClientFailure.cancelled) { try await hans.peers() }
                }
                try? await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
            }
            #expect(ContinuousClock.now - start < .seconds(3))
            await proxy.close()
            await hans.goodbye()
        }
    }

    @Test(.timeLimit(.minutes(1))) func refusesWhatNeedsALogin() async throws {
        try await live.running { server in
            let stranger = try await client(of: server.address, user: nil)
            #expect(try await stranger.network().certificatePEM.contains("BEGIN CERTIFICATE"))
            await #expect(throws: DirectoryClientFailure.notSignedIn) { try await stranger.peers() }
            await #expect(throws: DirectoryClientFailure.refused(.authenticationFailed)) {
                try await stranger.signIn(login("hans", proof: .password([1])))
            }
            let welcome = try await stranger.signIn(login("hans"))
            #expect(!welcome.certificate.isEmpty)
            await stranger.goodbye()
            await #expect(throws: DirectoryClientFailure.self) { try await stranger.peers() }
        }
    }

    @Test(.timeLimit(.minutes(1))) func saysGoodbyeWithinASecondToAServerThatIsAway() async throws {
        let hans = try await live.running { server in try await client(of: server.address, user: "hans") }
        let start = ContinuousClock.now
        await hans.goodbye()
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test(.timeLimit(.minutes(1))) func renewsTheCertificateAndAsksForRevocations() async throws {
        try await live.running { server in
            let hans = try await client(of: server.address, user: "hans")
            let key = try login("hans").devicePublicKey
            #expect(try await hans.renewCertificate(for: key) != [])
            #expect(try await hans.revocations(since: 0) == [])
            #expect(try await hans.holders(.empty) == [])
            #expect(try await hans.publish([]) == [])
            await hans.goodbye()
        }
    }

    /// Its first words find the port closed: the kernel says so, and that means nothing.
    @Test(.timeLimit(.minutes(1))) func reachesAServerThatStartsALittleLater() async throws {
        let (address, pin) = try await live.running { (ServerAddress(try $0.address), $0.pin) }
        try await withThrowingTaskGroup(of: NetworkPin.self) { group in
            group.addTask {
                let client = DirectoryClient()
                let found = try await client.connect(to: address, pin: nil)
                await client.goodbye()
                return found
            }
            try await live.running { _ in
                let found = try await group.next()
                #expect(found == pin)
            }
        }
    }
}
