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

    /// Finds the addresses of a server, on an event loop; none where they are not to be found.
    package typealias LookUp = @Sendable (ServerAddress, any EventLoop) -> EventLoopFuture<[SocketAddress]>

    /// It may be at other addresses later, or for who asks elsewhere.
    var isName: Bool { known.isEmpty && (try? SocketAddress(ipAddress: host, port: port)) == nil }

    /// The addresses of the host, best first (RFC 6724, as the system sorts them).
    package func resolved(on eventLoop: any EventLoop) async throws(DirectoryClientFailure) -> [SocketAddress] {
        let found = (try? await lookUp(on: eventLoop).get()) ?? []
        guard !found.isEmpty else { throw .unresolvable(host: host) }
        return found
    }

    /// The same. None also where the system does not say so in time.
    func lookUp(on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        guard known.isEmpty else { return eventLoop.makeSucceededFuture(known) }
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        let limit = eventLoop.scheduleTask(in: Self.limit) { promise.succeed([]) }
        NIOThreadPool.singleton.submit { _ in promise.succeed(Self.addresses(of: host, port: port)) }
        return promise.futureResult.map { found in
            limit.cancel()
            return Array(found.prefix(Self.maximumAddressCount))
        }
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
