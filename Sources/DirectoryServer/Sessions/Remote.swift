import Directory
import Glibc
package import NIOCore
import Wire

/// Where a datagram came from, and so where its answers go: as few bytes as tell it, as each session holds one.
package struct Remote: Hashable, Sendable {
    /// How the socket says it: IPv4 in IPv6 (::ffff:0:0/96) is IPv4, and is answered as it came.
    private struct Form: OptionSet, Sendable {
        let rawValue: UInt8
        static let long = Form(rawValue: 1)
        static let mapped = Form(rawValue: 2)
        static let stream = Form(rawValue: 4)
    }

    private let front, back: UInt64
    /// Of a datagram's address, or the number of the stream: no address is needed to answer on that.
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
        case .v4: (front, back, scope, form) = (fields.0, 0, 0, [])
        case .v6 where fields.0 == 0 && fields.1 & Self.mappedMask == Self.mapped:
            (front, back, scope, form) = (fields.1 >> 32, 0, 0, .mapped)
        case .v6: (front, back, scope, form) = (fields.0, fields.1, fields.2, .long)
        case .unixDomainSocket: return nil
        }
    }

    private init(_ other: Remote, on stream: StreamNumber) {
        (front, back, port) = (other.front, other.back, other.port)
        (scope, form) = (stream.rawValue, other.form.union(.stream))
    }

    /// The same end of a stream.
    package func on(_ stream: StreamNumber) -> Remote { Remote(self, on: stream) }

    /// The stream that it is the end of; nil where datagrams came by themselves.
    package var stream: StreamNumber? { form.contains(.stream) ? StreamNumber(rawValue: scope) : nil }

    private static let longByteCount = MemoryLayout<sockaddr_in6>.size

    /// In the byte order of this program's machines.
    private static let mappedMask = UInt64(0xFFFF_FFFF)
    private static let mapped = UInt64(0xFFFF_0000)

    /// 4 or 16 bytes, network order.
    package var address: [UInt8] {
        withUnsafeBytes(of: (front, back)) { Array($0.prefix(isShort ? 4 : 16)) }
    }

    /// The same as two words, as the bytes stand in memory.
    var addressWords: (UInt64, UInt64) { (front, back) }
    /// IPv4.
    var isShort: Bool { !form.contains(.long) }

    /// As peers know addresses.
    var endpoint: Endpoint? { Endpoint(address: address, port: port) }

    /// Where answers go.
    var wayBack: WayBack { stream.map { .stream($0) } ?? .datagram(socketAddress) }

    /// What datagrams go to.
    var socketAddress: SocketAddress {
        withUnsafeTemporaryAllocation(byteCount: Self.longByteCount, alignment: 8) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            let family = sa_family_t(form.isEmpty ? AF_INET : AF_INET6)
            bytes.storeBytes(of: family, as: sa_family_t.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if form.isEmpty {
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: front), toByteOffset: 4, as: UInt32.self)
                return SocketAddress(bytes.load(as: sockaddr_in.self))
            }
            let words = form.contains(.mapped) ? (0, front << 32 | Self.mapped) : (front, back)
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
            && left.form.subtracting(.mapped) == right.form.subtracting(.mapped)
            && (left.scope == right.scope || !left.form.contains(.stream))
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(front)
        hasher.combine(back)
        hasher.combine(port)
    }
}

/// How what answers a datagram goes out.
enum WayBack {
    case datagram(SocketAddress)
    case stream(StreamNumber)
}

/// Names one of the server's streams, of which no other one has the number while it is open.
package struct StreamNumber: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}
