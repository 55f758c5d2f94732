import NIOCore
package import Wire

/// That a server is announced on the local network, and where.
package struct LocalAnnouncement: Sendable {
    /// For people: which machine it is.
    package var name: String
    /// Looked at again and again: interfaces come and go.
    package var interfaces: @Sendable () -> [LocalInterface]
    /// Of the group.
    package var port: UInt16

    package init(
        name: String, port: UInt16 = MulticastGroup.port, interfaces: @escaping @Sendable () -> [LocalInterface]
    ) {
        self.name = name
        self.port = port
        self.interfaces = interfaces
    }

    /// On all interfaces of this machine.
    ///
    /// - Parameter host: What the server listens on, where that is not everything: nothing else is announced.
    package init(name: String, listeningOn host: String?) {
        self.init(name: name) {
            let all = LocalInterface.multicasting(among: (try? System.enumerateDevices()) ?? [])
            guard let host else { return all }
            return all.compactMap { $0.restricted(to: host) }
        }
    }
}

extension LocalInterface {
    /// Nil where nothing is left.
    ///
    /// - Parameter host: An address, or that of all of IPv4 or IPv6.
    package func restricted(to host: String) -> LocalInterface? {
        let address = try? SocketAddress(ipAddress: host, port: 0)
        guard let wanted = address.flatMap(LocalAddress.bytes) else { return nil }
        // IPv6's is IPv4's too, as the server's socket is.
        let isAny = wanted.allSatisfy { $0 == 0 }
        let fit = addresses.filter { isAny ? wanted.count == 16 || $0.bytes.count == 4 : $0.bytes == wanted }
        return fit.isEmpty ? nil : LocalInterface(name: name, index: index, addresses: fit)
    }
}
