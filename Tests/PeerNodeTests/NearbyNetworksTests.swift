import Content
import DirectoryClient
import PeerNode
import TestKit
import Testing
import Wire

/// Which of the networks that answer are known here.
@Suite struct NearbyNetworksTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func pin(_ number: UInt8) -> NetworkPin { NetworkPin(Hash256(hashing: [number])) }

    private func find(_ servers: LocalServer...) async throws -> [NearbyNetwork] {
        try await NearbyNetworks(stateDirectory: place.path) { servers }.find()
    }

    @Test func nothingIsKnownAtFirst() async throws {
        let addresses = [try HostPort(parsing: "192.0.2.7:1"), try HostPort(parsing: "192.0.2.8:1")]
        let found = try await find(LocalServer(name: "a", pin: pin(1), addresses: addresses))
        #expect(found == [NearbyNetwork(name: "a", server: addresses[0], pin: pin(1), standing: .unknown)])
        #expect(found.first?.knownPin == nil)
    }

    /// By its key, wherever it is; and at the address under which it is known, where that is one of them.
    @Test func whatIsKnownIsKnownByItsKey() async throws {
        let hans = try Sample.user("hans")
        let home = try HostPort(parsing: "192.0.2.8:1")
        try await JoinedNetworks(stateDirectory: place.path).add(JoinedNetwork(server: home, pin: pin(1), user: hans))
        try await KnownNetworks(stateDirectory: place.path)
            .remember(pin(2), at: HostPort(parsing: "other.example:1"))
        let elsewhere = try HostPort(parsing: "192.0.2.7:1")
        let found = try await find(
            LocalServer(name: "a", pin: pin(1), addresses: [elsewhere, home]),
            LocalServer(name: "b", pin: pin(2), addresses: [elsewhere]),
            LocalServer(name: "c", pin: pin(3), addresses: [home]),
            LocalServer(name: "d", pin: pin(4), addresses: []))
        #expect(found.map(\.standing) == [.joined(as: hans), .trusted, .unknown])
        #expect(found.map(\.server) == [home, elsewhere, home])
        #expect(found.map(\.knownPin) == [pin(1), pin(2), nil])
    }
}
