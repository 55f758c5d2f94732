package import NIOCore

extension Endpoint {
    /// IPv4 addresses that a dual-stack socket shows as IPv6 are IPv4 again. Nil for what is no internet address.
    ///
    /// - Parameter port: in the place of the address's own.
    package init?(_ address: SocketAddress, port: UInt16? = nil) {
        guard let bytes = LocalAddress.bytes(address),
            let port = port ?? address.port.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        self.init(address: bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes, port: port)
    }

    package var socketAddress: SocketAddress? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: Int(port))
    }
}
