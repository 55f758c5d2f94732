import Glibc
import NetworkTestKit
import TestKit
import Testing
import Wire

/// The relay as whoever operates it has it.
struct RelayProcessTests {
    private let place: ServerPlace

    init() throws { place = try ServerPlace() }

    /// As it says itself: it listens on another port, too.
    private func relayPort(of server: RealProcess) async throws -> Int {
        try await server.output.expect("relay on TCP port ")
        let text = try await server.output.expect("\n")
        return try #require(Int(text.prefix { $0.isNumber }))
    }

    @Test func theServerSaysWhereItRelays() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1", "--relay", "0"])
        let guest = try await RelayGuest.connect(to: try await relayPort(of: server))
        try await guest.say([0])
        #expect(try await guest.status() == .malformed)
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
    }

    @Test func aRelayOfItsOwn() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
        let mailbox = try UnixMailbox(place.file("notify"))
        let relay = try await place.start(
            [
                "relay", "0", "--host", "127.0.0.1", "--certificate", "bittrickle-data/network.pem", "--pairs", "3",
                "--rate", "none", "--quota", "5 GB",
            ], ["NOTIFY_SOCKET": mailbox.name])
        try await relay.output.expect("It works for the network with this fingerprint:")
        let port = try await relay.ports.first(.tcp)
        #expect(try await mailbox.next() == "READY=1\nSTATUS=Relays on TCP port \(port)")
        let guest = try await RelayGuest.connect(to: port, showing: [1, 2, 3])
        #expect(try await guest.status() == .ticketInvalid)
        relay.signal(SIGTERM)
        #expect(try await relay.waitForEnd() == .exited(0))
    }

    @Test func aTakenPortIsSaid() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1", "--relay", "0"])
        let port = try await relayPort(of: server)
        let errors = try await place.run(
            "relay", "\(port)", "--host", "127.0.0.1", "--certificate", "bittrickle-data/network.pem", exits: 69
        ).errors
        #expect(
            errors.hasSuffix(
                "bittrickle-server: The relay cannot listen on 127.0.0.1, TCP port \(port): Address already in use.\n"
                    + "Give the relay another port, or an address of this machine.\n"))
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
    }
}
