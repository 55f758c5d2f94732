import Glibc
import NIOCore
import Wire

extension SocketAddress {
    /// - Parameters:
    ///   - address: 4 or 16 bytes.
    ///   - interface: in which an address of a link (RFC 4291 §2.5.6), as most routers have, means something; other addresses have none.
    init?(_ address: [UInt8], port: UInt16, interface: UInt32) {
        if LocalAddress.isLinkLocal6(address) {
            let bytes = Gateway.systemAddress(address, port: port, interface: interface)
            self.init(bytes.withUnsafeBytes { $0.loadUnaligned(as: sockaddr_in6.self) })
        } else if let plain = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: Int(port)) {
            self = plain
        } else {
            return nil
        }
    }
}
