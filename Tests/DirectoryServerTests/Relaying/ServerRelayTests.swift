import Crypto
import Directory
import DirectoryServer
import FoundationEssentials
import Logging
import NetworkTestKit
import Relay
import TestKit
import Testing
import Wire

/// A relay as a part of the server, and as a program without one.
@Suite(.timeLimit(.minutes(1))) struct ServerRelayTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    /// - Parameter member: The caller, whichever side it is for.
    private func ticket(_ pair: AttemptID, _ side: RelayTicket.Side, _ member: String) throws -> [UInt8] {
        let pem = try String(contentsOfFile: fixture.place.file("data/network.key"), encoding: .utf8)
        return try RelayTicket(
            pair: pair, side: side, member: try #require(UserName(member)),
            expiresAt: DirectoryClock.system.wall() + RelayTicket.lifetime
        ).sealed(by: P256.Signing.PrivateKey(pemRepresentation: pem))
    }

    /// Two meet there and say something; a third is refused.
    private func use(_ port: Int) async throws {
        let pair = AttemptID.random()
        let hans = try await RelayGuest.connect(to: port, showing: try ticket(pair, .caller, "hans"))
        let vader = try await RelayGuest.connect(to: port, showing: try ticket(pair, .called, "hans"))
        #expect(try await hans.status() == .paired)
        #expect(try await vader.status() == .paired)
        try await hans.say([1, 2, 3])
        #expect(await vader.heard(3) == [1, 2, 3])
        let foreign = try RelayTicket(
            pair: .random(), side: .caller, member: try #require(UserName("leia")),
            expiresAt: DirectoryClock.system.wall() + 1_000
        ).sealed(by: P256.Signing.PrivateKey())
        #expect(try await RelayGuest.connect(to: port, showing: foreign).status() == .ticketInvalid)
    }

    private func expectCounts(_ scraper: Scraper) async throws {
        // The last guest has had his answer, and is gone a moment later.
        try await eventually("the relay still counts him") {
            try await scraper.numbers()["bittrickle_relay_unproven"] == 0
        }
        let numbers = try await scraper.numbers()
        #expect(numbers["bittrickle_relay_bytes_total"] == 3)
        #expect(numbers["bittrickle_relay_paired_total"] == 1)
        #expect(numbers["bittrickle_relay_pairs"] == 1)
        #expect(numbers["bittrickle_relay_waiting"] == 0)
        #expect(numbers[#"bittrickle_relay_refusals_total{reason="ticket_invalid"}"#] == 1)
        #expect(numbers[#"bittrickle_relay_refusals_total{reason="full"}"#] == 0)
    }

    @Test func theServerRelays() async throws {
        var configuration = fixture.configuration
        configuration.relay = RelayPlan(ListenAddress(port: 0))
        configuration.metrics = MetricsAddress(port: 0)
        try await DirectoryServer.whileRunning(configuration) { server in
            try await use(try #require(server.relayPort))
            try await expectCounts(Scraper(port: try #require(server.metricsPort)))
        }
    }

    @Test func unaskedItDoesNot() async throws {
        try await fixture.running { server in #expect(server.relayPort == nil) }
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        let other = try await RelayServer(
            RelayConfiguration(
                host: "127.0.0.1", key: P256.Signing.PrivateKey().publicKey, wall: { 0 }, observer: Unwatched()))
        var configuration = fixture.configuration
        configuration.relay = RelayPlan(ListenAddress(port: other.port))
        await #expect(
            throws: StartFailure.relayUnavailable(
                host: "127.0.0.1", port: other.port, reason: "Address already in use")
        ) { _ = try await DirectoryServer(configuration) }
        configuration.relay = nil
        // Nothing is left of the attempt.
        try await DirectoryServer.whileRunning(configuration) { _ in }
        await other.close()
    }

    @Test func onAMachineOfItsOwnItNeedsTheCertificateAlone() async throws {
        try await fixture.running { _ in }
        let relay = try await StandaloneRelay(
            StandaloneRelayConfiguration(
                certificatePath: fixture.place.file("data/network.pem"),
                plan: RelayPlan(ListenAddress(host: "127.0.0.1", port: 0)), metrics: MetricsAddress(port: 0),
                version: "7", log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.run() }
            defer { group.cancelAll() }
            try await use(relay.port)
            let scraper = Scraper(port: try #require(relay.metricsPort))
            try await expectCounts(scraper)
            #expect(try await scraper.numbers()[#"bittrickle_build_info{version="7"}"#] == 1)
            #expect(try await scraper.get("/ready").status == 200)
        }
    }

    @Test func withoutACertificateItDoesNotStart() async throws {
        try await fixture.running { _ in }
        for (name, failure) in [
            ("nowhere.pem", StartFailure.noCertificate(path: fixture.place.file("nowhere.pem"))),
            ("data/network.key", .certificateUnreadable(path: fixture.place.file("data/network.key"))),
        ] {
            await #expect(throws: failure) {
                _ = try await StandaloneRelay(
                    StandaloneRelayConfiguration(
                        certificatePath: fixture.place.file(name), plan: RelayPlan(ListenAddress(port: 0)),
                        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            }
        }
    }

    @Test(
        arguments: [
            ("12001", nil, 12_001), ("0", nil, 0), ("192.0.2.7:1", "192.0.2.7", 1), ("[::1]:9", "::1", 9),
        ] as [(String, String?, Int)]) func addresses(text: String, host: String?, port: Int) throws
    {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }
}

private struct Unwatched: RelayObserver {
    func carried(_ bytes: Int) {}
    func paired() {}
    func refused(_ status: RelayStatus) {}
    func stands(_ load: RelayLoad) {}
}
