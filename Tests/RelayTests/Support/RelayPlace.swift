import Crypto
import NetworkTestKit
import Relay
import TestKit
import Testing
import Wire

/// A relay on loopback, with the network that gives tickets for it.
struct RelayPlace {
    let office = RelayOffice()
    let watcher = Watcher()
    let relay: RelayServer

    private init(_ limits: RelayLimits, host: String?) async throws {
        relay = try await RelayServer(
            RelayConfiguration(
                host: host, key: office.key.publicKey, limits: limits, wall: { RelayOffice.wall }, observer: watcher))
    }

    /// Runs one as long as the body does.
    static func running(
        _ limits: RelayLimits = RelayLimits(), host: String? = "127.0.0.1",
        _ body: (RelayPlace) async throws -> Void
    ) async throws {
        let place = try await RelayPlace(limits, host: host)
        let result: Result<Void, any Error>
        do { result = .success(try await body(place)) } catch { result = .failure(error) }
        await place.relay.close()
        try result.get()
    }

    func guest(
        _ pair: AttemptID, _ side: RelayTicket.Side, _ member: String = "hans", reads: Bool = true,
        kernelBuffer: Int? = nil
    ) async throws -> RelayGuest {
        try await RelayGuest.connect(
            to: relay.port, showing: try office.ticket(pair, side, member), reads: reads, kernelBuffer: kernelBuffer)
    }

    /// Two who are paired, the caller first.
    func pair(
        _ caller: String = "hans", calledReads: Bool = true, kernelBuffer: Int? = nil
    ) async throws -> (caller: RelayGuest, called: RelayGuest) {
        let pair = AttemptID.random()
        let first = try await guest(pair, .caller, caller, kernelBuffer: kernelBuffer)
        let second = try await guest(pair, .called, caller, reads: calledReads, kernelBuffer: kernelBuffer)
        #expect(try await first.status() == .paired)
        if calledReads { #expect(try await second.status() == .paired) }
        return (first, second)
    }
}

/// Keeps what a relay tells.
final class Watcher: RelayObserver {
    struct State: Sendable {
        var bytes = 0
        var pairings = 0
        var refusals: [RelayStatus] = []
        var load = RelayLoad()
    }

    let seen = Seen(State())

    func carried(_ bytes: Int) { seen.change { $0.bytes += bytes } }
    func paired() { seen.change { $0.pairings += 1 } }
    func refused(_ status: RelayStatus) { seen.change { $0.refusals.append(status) } }
    func stands(_ load: RelayLoad) { seen.change { $0.load = load } }
}
