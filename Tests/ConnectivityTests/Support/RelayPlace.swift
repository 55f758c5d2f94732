import Connectivity
import NIOCore
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

    /// The directory's part: both tickets, in which the caller is named.
    func tickets(of caller: String) throws -> (caller: [UInt8], called: [UInt8]) {
        let pair = AttemptID.random()
        return (
            try network.relayTicket(pair, .caller, caller), try network.relayTicket(pair, .called, caller)
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
    /// Is called through a relay: the listener has the link.
    func answer(_ caller: UserName, at relay: Endpoint, _ ticket: [UInt8]) async throws(LinkFailure) {
        let call = Call(attempt: .random(), user: caller, whereabouts: Self.whereabouts(relay, ticket))
        if let failure = await answerer.answer(call) { throw failure.attempts.last ?? .closed }
    }

    /// Calls where nothing but the relay is left.
    func call(_ other: TestPeer, at relay: Endpoint, _ ticket: [UInt8]) async throws(LinkFailure) -> AuthenticatedLink {
        let dialer = LinkDialer(
            trust: trust, port: listener.port,
            signalling: NothingButARelay(whereabouts: Self.whereabouts(relay, ticket)), proxies: proxies,
            group: Self.group, logger: Self.logger)
        do throws(DialFailure) {
            return try await dialer.dial(other.user, at: [], greeting: Self.greeting(Self.someHash))
        } catch {
            throw error.attempts.last ?? .closed
        }
    }

    private static func whereabouts(_ relay: Endpoint, _ ticket: [UInt8]) -> Whereabouts {
        Whereabouts(endpoints: [], relay: RelayOffer(host: "127.0.0.1", port: relay.port, ticket: ticket))
    }
}

private struct NothingButARelay: Signalling {
    let whereabouts: Whereabouts
    var directoryHost: String { "127.0.0.1" }

    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts { whereabouts }
}
