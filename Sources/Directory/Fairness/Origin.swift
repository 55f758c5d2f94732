import Wire

/// Where something came from, in the steps by which shares are measured: the network, a host in it, a socket there.
package struct Origin: Hashable, Sendable {
    package let prefix: AddressPrefix
    let host: Host
    /// What the host does not say of an IPv6 address.
    private let interface: UInt64
    private let port: UInt16

    /// What one computer has for itself, or shares with those behind the same translator: an address of IPv4, a /64 of
    /// IPv6, in which it may take any address that it likes.
    struct Host: Hashable, Sendable {
        private let isShort: Bool
        private let word: UInt64

        fileprivate init(_ address: [UInt8]) {
            isShort = address.count == 4
            word = address.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// - Parameter address: 4 or 16 bytes, network order.
    package init(address: [UInt8], port: UInt16) {
        let plain = LocalAddress.unmapped(address)
        prefix = AddressPrefix(of: plain)
        host = Host(plain)
        interface = plain.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.port = port
    }
}

/// How many of something came from where. Whoever has most is found step by step, the network first: so one socket
/// can take nothing from another one of its host, nor a host from another one of its network.
package struct OriginTally: Sendable {
    private enum World: Hashable, Sendable { case world }

    private var prefixes = Tally<World, AddressPrefix>()
    private var hosts = Tally<AddressPrefix, Origin.Host>()
    private var origins = Tally<Origin.Host, Origin>()

    package init() {}

    package func count(of prefix: AddressPrefix) -> Int { prefixes.count(of: prefix) }

    package mutating func add(_ origin: Origin) {
        prefixes.add(origin.prefix, in: .world)
        hosts.add(origin.host, in: origin.prefix)
        origins.add(origin, in: origin.host)
    }

    package mutating func remove(_ origin: Origin) {
        guard origins.count(of: origin) > 0 else { return }
        prefixes.remove(origin.prefix)
        hosts.remove(origin.host)
        origins.remove(origin)
    }

    /// Of the network that has most, the host that has most, and of that the socket.
    package var richest: Origin? { prefixes.largest(in: .world).flatMap { richest(in: $0) } }

    package func richest(in prefix: AddressPrefix) -> Origin? {
        hosts.largest(in: prefix).flatMap { origins.largest(in: $0) }
    }

    /// Who would still have as many as the newcomer if he gave one to him: in another network, at another host of
    /// the same one, or at another socket of the same host. Nil where that is nobody.
    package func richer(than newcomer: Origin) -> Origin? {
        if let prefix = prefixes.largest(in: .world),
            prefixes.count(of: prefix) > prefixes.count(of: newcomer.prefix) + 1
        {
            return richest(in: prefix)
        }
        if let host = hosts.largest(in: newcomer.prefix), hosts.count(of: host) > hosts.count(of: newcomer.host) + 1 {
            return origins.largest(in: host)
        }
        guard let origin = origins.largest(in: newcomer.host),
            origins.count(of: origin) > origins.count(of: newcomer) + 1
        else { return nil }
        return origin
    }
}
