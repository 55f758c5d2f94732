package import NIOCore

/// A network interface and its addresses: what is local, seen from this machine.
package struct LocalInterface: Hashable, Sendable {
    package struct Address: Hashable, Sendable {
        /// 4 or 16, network order.
        package let bytes: [UInt8]
        /// How many bits of it all have that are on the same link.
        package let prefix: Int

        package init(_ bytes: [UInt8], prefix: Int) {
            self.bytes = bytes
            self.prefix = prefix
        }
    }

    package let name: String
    /// As the system numbers them.
    package let index: Int
    package let addresses: [Address]

    package init(name: String, index: Int, addresses: [Address]) {
        self.name = name
        self.index = index
        self.addresses = addresses
    }

    /// Whether an address is one of this link's: of a subnet of the interface, or one that no router passes on.
    package func isOnLink(_ address: [UInt8]) -> Bool {
        LocalAddress.isLinkLocal6(address) || addresses.contains { $0.covers(address) }
    }

    /// Those that reach others by multicast, one for all addresses of each: neither loopback nor lines to one other end.
    package static func multicasting(among devices: [NIONetworkDevice]) -> [LocalInterface] {
        let fit = devices.filter { $0.multicastSupported && $0.pointToPointDestinationAddress == nil }
        return Set(fit.map(\.interfaceIndex)).sorted().compactMap { index in
            let entries = fit.filter { $0.interfaceIndex == index }
            let addresses = entries.compactMap { Address($0.address, mask: $0.netmask) }
                .filter { !LocalAddress.isLoopback($0.bytes) }
            guard let name = entries.first?.name, !addresses.isEmpty else { return nil }
            return LocalInterface(name: name, index: index, addresses: addresses)
        }
    }
}

extension LocalInterface.Address {
    fileprivate init?(_ address: SocketAddress?, mask: SocketAddress?) {
        guard let bytes = address.flatMap(LocalAddress.bytes) else { return nil }
        let ones = mask.flatMap(LocalAddress.bytes)?.reduce(0) { $0 + $1.nonzeroBitCount }
        self.init(bytes, prefix: ones ?? bytes.count * 8)
    }

    fileprivate func covers(_ other: [UInt8]) -> Bool {
        guard other.count == bytes.count else { return false }
        for index in bytes.indices {
            let bits = min(max(prefix - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if (bytes[index] ^ other[index]) & mask != 0 { return false }
        }
        return true
    }
}

/// What is particular about addresses, of 4 or 16 bytes in network order.
package enum LocalAddress {
    /// Nil for what is no internet address.
    package static func bytes(_ address: SocketAddress) -> [UInt8]? {
        // Of both kinds: 2 bytes of family, 2 of port; then IPv4 has its 4 bytes, IPv6 4 of flow and its 16.
        let place: Range<Int>
        switch address {
        case .v4: place = 4..<8
        case .v6: place = 8..<24
        case .unixDomainSocket: return nil
        }
        return address.withSockAddr { Array(UnsafeRawBufferPointer(start: $0, count: $1)[place]) }
    }

    /// The IPv4 address inside a mapped one, `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2).
    package static func unmapped(_ address: [UInt8]) -> [UInt8] {
        let isMapped =
            address.count == 16 && address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF
            && address[11] == 0xFF
        return isMapped ? Array(address.suffix(4)) : address
    }

    package static func isLoopback(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// fe80::/10 (RFC 4291 §2.5.6): means nothing without the interface.
    package static func isLinkLocal6(_ bytes: [UInt8]) -> Bool {
        bytes.count == 16 && bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    /// Whether it stands for another machine in each network that uses it: of private ones (RFC 1918, RFC 4193), of providers' NATs
    /// (RFC 6598), of a link (RFC 3927, and fe80::/9 with what was meant for sites), and loopback.
    package static func isPrivate(_ address: [UInt8]) -> Bool {
        let bytes = unmapped(address)
        if isLoopback(bytes) { return true }
        guard bytes.count == 4 else {
            return bytes.count == 16 && (bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0x80 != 0)
        }
        switch (bytes[0], bytes[1]) {
        case (10, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): return true
        default: return false
        }
    }

    /// Whether one machine may have it, and others may dial it. Loopback is one's own alone.
    package static func canBeDialled(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: bytes[0] != 0 && bytes[0] != 127 && bytes[0] < 224
        // Neither none, loopback nor IPv4 in disguise; neither of one link nor a group.
        case 16: bytes.prefix(10).contains { $0 != 0 } && !isLinkLocal6(bytes) && bytes[0] != 0xFF
        default: false
        }
    }
}

/// Where multicast DNS takes place (RFC 6762 §3).
package enum MulticastGroup {
    package static let port: UInt16 = 5353
    package static let address4 = "224.0.0.251"
    package static let address6 = "ff02::fb"
}
