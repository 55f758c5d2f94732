import Glibc

/// The router by which this computer reaches the internet, and from which address it does.
package struct Gateway: Hashable, Sendable {
    /// 4 or 16 bytes.
    package let address: [UInt8]
    /// The number of the interface behind which it is; addresses of a link mean something only with it.
    package let interface: UInt32
    /// This computer's own, with as many bytes.
    package let local: [UInt8]

    package init(address: [UInt8], interface: UInt32, local: [UInt8]) {
        self.address = address
        self.interface = interface
        self.local = local
    }

    package enum Family: Hashable, Sendable {
        case ipv4
        case ipv6
    }

    /// As the system has it now: nil where there is none. Sends nothing.
    package static func current(_ family: Family) -> Gateway? {
        let path = family == .ipv4 ? "/proc/net/route" : "/proc/net/ipv6_route"
        guard let route = DefaultRoute(family, table: read(path)), let local = localAddress(family) else { return nil }
        let index = if_nametoindex(route.interface)
        return index > 0 ? Gateway(address: route.gateway, interface: index, local: local) : nil
    }

    /// Files of `/proc` have no size, so they are read to their end; more than that is no table of a peer's computer.
    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The address that the system would take towards the internet: a datagram socket that is connected knows it, and sends nothing.
    private static func localAddress(_ family: Family) -> [UInt8]? {
        // Any that is nobody's here will do: those of documentation (RFC 5737, RFC 3849).
        let (anywhere, place): ([UInt8], Range<Int>) =
            family == .ipv4
            ? ([198, 51, 100, 1], 4..<8) : ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 1, count: 12), 8..<24)
        let descriptor = socket(
            family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = systemAddress(anywhere, port: 9)
        var length = socklen_t(bytes.count)
        let isKnown = bytes.withUnsafeMutableBytes { raw in
            let address = raw.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return connect(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
        }
        return isKnown ? Array(bytes[place]) : nil
    }

    /// As it stands in Linux' sockaddr_in and sockaddr_in6, whose members belong to whichever module brought the header along.
    static func systemAddress(_ address: [UInt8], port: UInt16, interface: UInt32 = 0) -> [UInt8] {
        let family = withUnsafeBytes(of: sa_family_t(address.count == 4 ? AF_INET : AF_INET6)) { Array($0) }
        let port = withUnsafeBytes(of: port.bigEndian) { Array($0) }
        guard address.count != 4 else { return family + port + address + [UInt8](repeating: 0, count: 8) }
        return family + port + [0, 0, 0, 0] + address + withUnsafeBytes(of: interface) { Array($0) }
    }
}
