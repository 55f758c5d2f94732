import Directory
import Glibc
package import NIOCore
import Wire

/// Where a datagram came from: as few bytes as tell it, as each session holds one.
package struct Remote: Hashable, Sendable {
    /// How the socket says it: IPv4 in IPv6 (::ffff:0:0/96) is IPv4, and is answered as it came.
    private enum Form: UInt8, Sendable {
        case short
        case mapped
        case long
    }

    private let front, back: UInt64
    private let scope: UInt32
    package let port: UInt16
    private let form: Form

    /// Nil for what is no internet address.
    package init?(_ socketAddress: SocketAddress) {
        // Of both kinds: 2 bytes of family, 2 of port; then IPv4 has its 4 bytes, IPv6 4 of flow, its 16 and 4 of scope.
        let fields = socketAddress.withSockAddr { address, size in
            let bytes = UnsafeRawBufferPointer(start: address, count: size)
            let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            guard size >= Self.longByteCount else {
                return (UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)), UInt64(0), UInt32(0), port)
            }
            return (
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self), port
            )
        }
        port = fields.3
        switch socketAddress {
        case .v4: (front, back, scope, form) = (fields.0, 0, 0, .short)
        case .v6 where fields.0 == 0 && fields.1 & Self.mappedMask == Self.mapped:
            (front, back, scope, form) = (fields.1 >> 32, 0, 0, .mapped)
        case .v6: (front, back, scope, form) = (fields.0, fields.1, fields.2, .long)
        case .unixDomainSocket: return nil
        }
    }

    private static let longByteCount = MemoryLayout<sockaddr_in6>.size

    /// In the byte order of this program's machines.
    private static let mappedMask = UInt64(0xFFFF_FFFF)
    private static let mapped = UInt64(0xFFFF_0000)

    /// 4 or 16 bytes, network order.
    package var address: [UInt8] {
        withUnsafeBytes(of: (front, back)) { Array($0.prefix(form == .long ? 16 : 4)) }
    }

    /// The same as two words, as the bytes stand in memory.
    var addressWords: (UInt64, UInt64) { (front, back) }
    /// IPv4.
    var isShort: Bool { form != .long }

    /// What answers go to.
    var socketAddress: SocketAddress {
        withUnsafeTemporaryAllocation(byteCount: Self.longByteCount, alignment: 8) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            let family = sa_family_t(form == .short ? AF_INET : AF_INET6)
            bytes.storeBytes(of: family, as: sa_family_t.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if form == .short {
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: front), toByteOffset: 4, as: UInt32.self)
                return SocketAddress(bytes.load(as: sockaddr_in.self))
            }
            let words = form == .mapped ? (0, front << 32 | Self.mapped) : (front, back)
            bytes.storeBytes(of: words.0, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: words.1, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
            return SocketAddress(bytes.load(as: sockaddr_in6.self))
        }
    }

    /// What a cookie is bound to.
    package var cookieBytes: [UInt8] { address + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)] }

    /// What shares are measured by.
    var origin: Origin { Origin(address: address, port: port) }

    package static func == (left: Remote, right: Remote) -> Bool {
        left.front == right.front && left.back == right.back && left.port == right.port
            && (left.form == .long) == (right.form == .long)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(front)
        hasher.combine(back)
        hasher.combine(port)
    }
}
