import Glibc
package import NIOCore
import NIOPosix
import Wire

/// Where a server is, as its user said it.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name, or an address of IPv4 or IPv6 without brackets.
    package let host: String
    package let port: Int
    /// Known without asking for them, or none.
    private let known: [SocketAddress]

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
        known = []
    }

    package init(_ address: SocketAddress) {
        host = address.ipAddress ?? "?"
        port = address.port ?? 0
        known = [address]
    }

    /// What counts is where it is: one of these, all of which are tried.
    package init(host: String, port: Int, at addresses: [SocketAddress]) {
        self.host = host
        self.port = port
        known = addresses
    }

    /// `host:port`, with brackets around an address of IPv6.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// By which a proxy may be asked for it; nil where the addresses count.
    var place: HostPort? {
        guard known.isEmpty, let port = UInt16(exactly: port) else { return nil }
        return try? HostPort(host: host, port: port)
    }

    /// How many of a name's addresses are tried at the same time.
    static let maximumAddressCount = 4
    /// Of waiting for the resolver.
    private static let limit = TimeAmount.milliseconds(4_500)

    /// The addresses of the host, best first (RFC 6724, as the system sorts them).
    package func resolved(on eventLoop: any EventLoop) async throws(DirectoryClientFailure) -> [SocketAddress] {
        guard known.isEmpty else { return known }
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        let limit = eventLoop.scheduleTask(in: Self.limit) { promise.succeed([]) }
        NIOThreadPool.singleton.submit { _ in promise.succeed(Self.addresses(of: host, port: port)) }
        let found = (try? await promise.futureResult.get()) ?? []
        limit.cancel()
        guard !found.isEmpty else { throw .unresolvable(host: host) }
        return Array(found.prefix(Self.maximumAddressCount))
    }

    /// Blocks until the resolver has answered.
    private static func addresses(of host: String, port: Int) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_protocol = Int32(IPPROTO_UDP)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let current = entry?.pointee {
            entry = current.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                current.ai_addr, current.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            let numeric = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard code == 0, let address = try? SocketAddress(ipAddress: numeric, port: port) else { continue }
            if !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
