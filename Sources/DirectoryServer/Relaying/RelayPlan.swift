import Crypto
import Glibc
import Logging
import NIOCore
package import Relay
import Wire

/// A relay as it was asked for.
package struct RelayPlan: Hashable, Sendable {
    package var address: ListenAddress
    package var limits: RelayLimits

    /// How many pairs one may be told to carry: each is two descriptors.
    package static let pairs = 1...100_000

    package init(_ address: ListenAddress, limits: RelayLimits = RelayLimits()) {
        self.address = address
        self.limits = limits
    }

    /// - Parameters:
    ///   - rate: Bytes a second for a member; nil for no limit.
    ///   - quota: Bytes a day for a member; nil for no limit.
    package init(_ address: ListenAddress, pairs: Int, rate: Int?, quota: Int?) {
        var limits = RelayLimits()
        limits.pairs = pairs
        limits.rate = rate
        limits.quota = quota
        self.init(address, limits: limits)
    }

    /// Binds its port.
    ///
    /// - Parameters:
    ///   - host: Where the plan has none; nil for all addresses of this machine.
    ///   - wall: Milliseconds since 1970.
    func start(
        host: String? = nil, key: P256.Signing.PublicKey, wall: @escaping @Sendable () -> Int64,
        metrics: RelayMetrics, log: Logger
    ) async throws(StartFailure) -> RelayServer {
        let host = address.host ?? host
        DescriptorLimit.raise(to: descriptors)
        let relay: RelayServer
        do {
            relay = try await RelayServer(
                RelayConfiguration(
                    host: host, port: address.port, key: key, limits: limits, wall: wall, observer: metrics))
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
            throw .relayUnavailable(
                host: host, port: address.port, reason: reason ?? "there is no such address")
        }
        log.notice("Connections are relayed", metadata: ["host": "\(host ?? "all")", "port": "\(relay.port)"])
        if DescriptorLimit.current < descriptors {
            log.warning(
                "This process may have fewer open files than the relay may have connections",
                metadata: ["open_files": "\(DescriptorLimit.current)", "needed": "\(descriptors)"])
        }
        return relay
    }

    /// Two for a pair, one for a stranger.
    var connections: Int { limits.pairs * 2 + limits.unproven.total }

    /// With what the rest of the process needs.
    private var descriptors: UInt64 { UInt64(connections + 256) }
}
