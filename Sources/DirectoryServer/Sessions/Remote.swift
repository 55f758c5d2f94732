import Directory
package import NIOCore

/// Where a datagram came from: the socket's own form, which answers go to, and the bytes that all else
/// goes by.
package struct Remote: Hashable, Sendable {
    package let socketAddress: SocketAddress
    /// 4 or 16 bytes, network order. IPv4 in IPv6 (::ffff:0:0/96) is IPv4.
    package let address: [UInt8]
    package let port: UInt16

    /// Nil for what is no internet address.
    package init?(_ socketAddress: SocketAddress) {
        // Of both kinds: 2 bytes of family, 2 of port; then IPv4 has its 4 bytes, IPv6 4 of flow and its 16.
        let bytes = socketAddress.withSockAddr { address, size in
            Array(UnsafeRawBufferPointer(start: address, count: size))
        }
        guard bytes.count >= 8 else { return nil }
        switch socketAddress {
        case .v4: address = Array(bytes[4..<8])
        case .v6:
            guard bytes.count >= 24 else { return nil }
            address = bytes[8..<20].elementsEqual(Self.mapped) ? Array(bytes[20..<24]) : Array(bytes[8..<24])
        case .unixDomainSocket: return nil
        }
        port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        self.socketAddress = socketAddress
    }

    /// What a cookie is bound to.
    package var cookieBytes: [UInt8] { address + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)] }

    /// What shares are measured by.
    var origin: Origin { Origin(address: address, port: port) }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    package static func == (left: Remote, right: Remote) -> Bool {
        left.port == right.port && left.address == right.address
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(port)
    }
}
