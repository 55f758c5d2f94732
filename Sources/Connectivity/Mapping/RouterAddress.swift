import Glibc
import NIOCore

extension SocketAddress {
    /// - Parameters:
    ///   - address: 4 or 16 bytes.
    ///   - interface: in which an address of a link (RFC 4291 §2.5.6), as most routers have, means something; other addresses have none.
    init?(_ address: [UInt8], port: UInt16, interface: UInt32) {
        if address.count == 16, address[0] == 0xFE, address[1] & 0xC0 == 0x80 {
            let bytes = Gateway.systemAddress(address, port: port, interface: interface)
            self.init(bytes.withUnsafeBytes { $0.loadUnaligned(as: sockaddr_in6.self) })
        } else if let plain = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: Int(port)) {
            self = plain
        } else {
            return nil
        }
    }
}
