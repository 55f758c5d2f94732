import Connectivity
import NIOCore
import NIOPosix
import Relay
import TestKit
import Wire

/// A relay of a network, on loopback.
struct RelayPlace: Sendable {
    let network: TestNetwork
    private let relay: RelayServer

    /// Runs one as long as the body does.
    static func running(
        of network: TestNetwork, _ limits: RelayLimits = RelayLimits(), _ body: (RelayPlace) async throws -> Void
    ) async throws {
        let relay = try await RelayServer(
            RelayConfiguration(
                host: "127.0.0.1", key: network.publicKey, limits: limits, wall: { TestNetwork.now },
                observer: Unwatched()))
        let result: Result<Void, any Error>
        do { result = .success(try await body(RelayPlace(network: network, relay: relay))) } catch {
            result = .failure(error)
        }
        await relay.close()
        try result.get()
    }

    var port: Int { relay.port }
    var endpoint: Endpoint { get throws { try loopback(relay.port) } }

    /// The directory's part: who is the caller, who is called, and both their tickets.
    func tickets(_ caller: String, _ called: String) throws -> (caller: [UInt8], called: [UInt8]) {
        let pair = RelayPair.random()
        return (
            try network.relayTicket(pair, .caller, caller), try network.relayTicket(pair, .called, called)
        )
    }
}

struct Unwatched: RelayObserver {
    func carried(_ bytes: Int) {}
    func paired() {}
    func refused(_ status: RelayStatus) {}
    func stands(_ load: RelayLoad) {}
}

func loopback(_ port: Int) throws -> Endpoint {
    guard let port = UInt16(exactly: port), let endpoint = Endpoint(address: [127, 0, 0, 1], port: port) else {
        throw TestKitError.invalid("no port: \(port)")
    }
    return endpoint
}

extension TestPeer {
    /// How it makes links through relays.
    var relayed: RelayedLinks { RelayedLinks(trust: trust, group: Self.group) }

    /// Is called through a relay, and answers the handshake.
    func answer(_ caller: TestPeer, at relay: Endpoint, _ ticket: [UInt8]) async throws -> AuthenticatedLink {
        let incoming = try await relayed.answer(caller.user, through: relay, ticket: ticket)
        return try await incoming.accept(Self.greeting(incoming.handshake.infoHash))
    }

    func call(_ other: TestPeer, at relay: Endpoint, _ ticket: [UInt8]) async throws(LinkFailure) -> AuthenticatedLink {
        try await relayed.call(
            other.user, through: relay, ticket: ticket, greeting: Self.greeting(Self.someHash))
    }
}
