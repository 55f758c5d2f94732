import NIOCore
import Wire

/// Where in the world this computer is, as far as it can know without asking anybody: its addresses, and its ways to everywhere.
package struct NetworkPlace: Hashable, Sendable {
    /// Of 4 or 16 bytes, without those of loopback and those that mean something on one line alone.
    package var addresses: Set<[UInt8]>
    /// By IPv4 and by IPv6, as far as there are.
    package var gateways: Set<Gateway>

    package init(addresses: Set<[UInt8]>, gateways: Set<Gateway>) {
        self.addresses = addresses
        self.gateways = gateways
    }

    /// As the system has it now. Sends nothing.
    package static func current() -> NetworkPlace {
        let devices = (try? System.enumerateDevices()) ?? []
        return NetworkPlace(
            addresses: Set(devices.compactMap { $0.address.flatMap(LocalAddress.bytes) }.filter(Self.isWide)),
            gateways: Set([.ipv4, .ipv6].compactMap { Gateway.current($0) }))
    }

    private static func isWide(_ address: [UInt8]) -> Bool {
        if address.count == 4 { return address[0] != 127 }
        return !LocalAddress.isLinkLocal6(address) && !address.dropLast().allSatisfy { $0 == 0 }
    }
}

/// What became of a computer's place.
package struct Movement: Hashable, Sendable {
    /// Addresses that it has no more: nothing comes on what is open from there.
    package var left: Set<[UInt8]>
    /// Others may see it elsewhere than before: its way to everywhere is another, or was broken for a moment.
    package var isElsewhere: Bool
    /// It has an address.
    package var isSomewhere: Bool

    package init(left: Set<[UInt8]> = [], isElsewhere: Bool, isSomewhere: Bool = true) {
        self.left = left
        self.isElsewhere = isElsewhere
        self.isSomewhere = isSomewhere
    }
}

/// Makes movements of what the system has at one moment and the next.
///
/// Pure: it is told what there is.
package struct PlaceKeeper: Sendable {
    private var place: NetworkPlace

    package init(_ place: NetworkPlace) { self.place = place }

    /// - Parameter disturbed: Interfaces that lost an address or their line since the last look, by number: who is back with the
    ///   same address may be in another network.
    /// - Returns: Nil where nothing is another.
    package mutating func found(_ new: NetworkPlace, disturbed: Set<UInt32>) -> Movement? {
        let ways = place.gateways.union(new.gateways).map(\.interface)
        let isDisturbed = ways.contains(where: disturbed.contains)
        guard new != place || isDisturbed else { return nil }
        defer { place = new }
        // Where no router leads anywhere, the addresses are all there is to tell places apart.
        let isUnrouted = new.gateways.isEmpty && new.addresses != place.addresses
        return Movement(
            left: place.addresses.subtracting(new.addresses),
            isElsewhere: new.gateways != place.gateways || isDisturbed || place.addresses.isEmpty || isUnrouted,
            isSomewhere: !new.addresses.isEmpty)
    }
}
