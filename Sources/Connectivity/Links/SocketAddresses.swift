package import NIOCore
package import Wire

extension Endpoint {
    /// IPv4 addresses that a dual-stack socket shows as IPv6 are IPv4 again.
    ///
    /// - Parameter port: in the place of the address's own.
    package init?(_ address: SocketAddress, port: UInt16? = nil) {
        // Where the address stands in sockaddr_in and sockaddr_in6.
        let place: Range<Int>
        switch address {
        case .v4: place = 4..<8
        case .v6: place = 8..<24
        case .unixDomainSocket: return nil
        }
        let bytes = address.withSockAddr { raw, length in
            Array(UnsafeRawBufferPointer(start: raw, count: length)[place])
        }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        guard let port = port ?? address.port.flatMap({ UInt16(exactly: $0) }) else { return nil }
        self.init(address: bytes.starts(with: mapped) ? Array(bytes.dropFirst(mapped.count)) : bytes, port: port)
    }

    var socketAddress: SocketAddress? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: Int(port))
    }
}
