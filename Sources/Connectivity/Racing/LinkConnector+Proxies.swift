import NIOCore
import NIOPosix
import Proxies
import Wire

/// Dials where a proxy leads, for who cannot go there himself.
extension LinkConnector {
    /// - Parameters:
    ///   - limit: Until the connection leads to its destination.
    ///   - prepare: Makes the pipeline of a new channel, as if it were connected to the destination itself.
    /// - Returns: Nil where no proxy leads there.
    func dial(
        _ destination: ProxyDestination, within limit: TimeAmount,
        _ prepare: @escaping @Sendable (any Channel) throws -> LinkCore
    ) async throws -> LinkCore? {
        guard let proxy = proxies.proxy(to: destination) else { return nil }
        do {
            let located = try await proxy.located(destination, on: group.any(), within: limit)
            return try await cancellable(bootstrap(within: limit)) {
                $0.connect(host: proxy.place.host, port: Int(proxy.place.port))
            } prepare: { channel in
                let core = try prepare(channel)
                try proxy.lead(channel, to: located, within: limit)
                return core
            }
        } catch let failure as LinkFailure {
            throw failure
        } catch {
            throw LinkFailure.proxyFailed(error as? ProxyFailure ?? ProxyFailure(proxy, connecting: error))
        }
    }
}
