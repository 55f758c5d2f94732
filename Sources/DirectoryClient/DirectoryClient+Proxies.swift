import NIOCore
import Proxies
import Wire

/// The server by TCP where only a proxy leads there.
extension DirectoryClient {
    /// None where only a proxy finds the host.
    func places(of server: ServerAddress) async throws(DirectoryClientFailure) -> [SocketAddress] {
        let found = (try? await lookUp(server, eventLoop).get()) ?? []
        guard found.isEmpty else { return found }
        guard !pathsByName(of: server).isEmpty else { throw .unresolvable(host: server.host) }
        return []
    }

    /// Empty where no proxy takes the name.
    func pathsByName(of server: ServerAddress) -> [Path] {
        guard let place = server.place, proxies.proxy(to: ProxyDestination(place))?.resolvesNames == true else {
            return []
        }
        return StreamPath.ports(of: place.port).compactMap { try? HostPort(host: place.host, port: $0) }
            .map { Path(streamTo: ProxyDestination($0)) }
    }

    func streamPath(to address: SocketAddress, of server: SocketAddress, from port: UInt16? = nil) -> Path {
        Path(streamTo: address, of: server, or: destination(address, of: server), from: port)
    }

    /// By the name that the server was given by, where it is one of that name's addresses.
    private func destination(_ address: SocketAddress, of server: SocketAddress) -> ProxyDestination? {
        guard let endpoint = Endpoint(address) else { return nil }
        let place = addresses.contains(server) ? self.server.place : nil
        let named = place.flatMap { try? HostPort(host: $0.host, port: endpoint.port) }
        return named.map { ProxyDestination($0).at(endpoint) } ?? ProxyDestination(endpoint)
    }

    func isProxied(_ server: SocketAddress) -> Bool {
        destination(server, of: server).flatMap { proxies.proxy(to: $0) } != nil
    }

    /// What to say of a first contact of which nothing becomes: what was wrong first with the way that was left.
    func noteForContact(_ failure: ProxyFailure) {
        guard case .away(let address) = connecting?.failure else { return }
        connecting?.failure = .proxyFailed(address: address, failure)
    }
}
