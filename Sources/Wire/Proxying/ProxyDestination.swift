import NIOCore

/// Where a connection through a proxy is to lead: known by a name, by an address, or by both.
package struct ProxyDestination: Hashable, Sendable, CustomStringConvertible {
    /// Of a host, as it was given.
    package let name: String?
    /// Of the host, and the port.
    package let endpoint: Endpoint?
    package let port: UInt16

    private init(name: String?, endpoint: Endpoint?, port: UInt16) {
        self.name = name
        self.endpoint = endpoint
        self.port = port
    }

    package init(_ endpoint: Endpoint) { self.init(name: nil, endpoint: endpoint, port: endpoint.port) }

    /// By its name, or by its address where that is what was given.
    package init(_ place: HostPort) {
        // A zone means nothing elsewhere (RFC 4007 §6).
        let host = place.host.contains(":") ? String(place.host.prefix { $0 != "%" }) : place.host
        let endpoint = (try? SocketAddress(ipAddress: host, port: Int(place.port))).flatMap { Endpoint($0) }
        self.init(name: endpoint == nil ? place.host : nil, endpoint: endpoint, port: place.port)
    }

    /// The same, by its address too.
    package func at(_ endpoint: Endpoint) -> ProxyDestination {
        ProxyDestination(name: name, endpoint: endpoint, port: port)
    }

    /// `host:port`, by its name where it has one, with brackets around an address of IPv6.
    package var description: String {
        guard let host = name ?? endpoint?.socketAddress?.ipAddress else { return "?:\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
