import CoreMetrics
import Crypto
import Directory
package import Logging
import Prometheus
import Relay
import ServiceLifecycle
import SwiftASN1
package import Wire
import X509

/// What whoever starts a relay on a machine of its own decides.
package struct StandaloneRelayConfiguration: Sendable {
    /// The network's certificate, PEM: no secret.
    package var certificatePath: String
    package var plan: RelayPlan
    /// Where the relay can be watched; nil for nowhere.
    package var metrics: MetricsAddress?
    /// What the metrics say of the program.
    package var version: String
    package var log: Logger

    package init(
        certificatePath: String, plan: RelayPlan, metrics: MetricsAddress? = nil, version: String = "", log: Logger
    ) {
        self.certificatePath = certificatePath
        self.plan = plan
        self.metrics = metrics
        self.version = version
        self.log = log
    }
}

/// A relay without a directory: it knows the network's certificate alone, so whoever breaks in there has no secret of it.
package final class StandaloneRelay: Service {
    /// TCP.
    package let port: Int
    /// Of the network that it works for.
    package let pin: NetworkPin
    /// Where metrics are served; nil where they are not.
    package let metricsPort: Int?

    private let relay: RelayServer
    private let endpoint: MetricsEndpoint?
    private let registry = MetricRegistry(ServerMetric.descriptions)
    private let log: Logger

    /// - Throws: ``StartFailure``
    package init(_ configuration: StandaloneRelayConfiguration) async throws(StartFailure) {
        log = configuration.log
        let key = try Self.key(configuration.certificatePath)
        pin = NetworkPin(publicKeyDER: key.derRepresentation)
        let wall = DirectoryClock.system.wall
        endpoint = if let address = configuration.metrics { try await MetricsEndpoint(address) } else { nil }
        metricsPort = endpoint?.port
        relay = try await configuration.plan.start(
            key: key, wall: wall, metrics: RelayMetrics(factory: registry), log: log)
        port = relay.port
        registry.readProcess(version: configuration.version, start: Double(wall()) / 1_000)
        endpoint?.announce(log)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.relay.run() }
                if let endpoint = self.endpoint {
                    let desk = MetricsDesk(watched: WatchedRelay(registry: self.registry))
                    group.addTask { await endpoint.run(desk, log: self.log) }
                }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private static func key(_ path: String) throws(StartFailure) -> P256.Signing.PublicKey {
        guard let bytes = try StateFile.read(path, limit: 16_384) else { throw .noCertificate(path: path) }
        guard let certificate = try? Certificate(pemEncoded: String(decoding: bytes, as: UTF8.self)),
            let key = P256.Signing.PublicKey(certificate.publicKey)
        else { throw .certificateUnreadable(path: path) }
        return key
    }
}

/// It counts as it goes, and works while it lives.
private struct WatchedRelay: Watched {
    let registry: MetricRegistry

    func exposition() async -> String { registry.exposition }
    func fault() async -> String? { nil }
}
