package import Wire

extension Endpoint {
    /// Whether the address is one that the internet leads to: none of the special ones of IANA's registries (RFC 6890), as private
    /// networks (RFC 1918), providers' NATs (RFC 6598) or links have.
    package var isPublic: Bool {
        let address = address
        if address.count == 4 { return !Self.special.contains { Self.has(address, $0) } }
        // What is given out at all begins with 001 (RFC 4291), but for documentation (RFC 3849).
        return Self.has(address, ([0x20], 3)) && !Self.has(address, ([0x20, 0x01, 0x0D, 0xB8], 32))
    }

    /// Whether a router can have the address outside: one machine's, that is reached from beyond its link. Other routers may stand before it.
    package var canBeOutside: Bool { LocalAddress.canBeDialled(address) && !address.starts(with: [169, 254]) }

    private static let special: [([UInt8], Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24), ([203, 0, 113], 24), ([224], 3),
    ]

    private static func has(_ address: [UInt8], _ prefix: (bytes: [UInt8], bits: Int)) -> Bool {
        for (place, byte) in prefix.bytes.enumerated() {
            let left = min(8, prefix.bits - 8 * place)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            guard address[place] & mask == byte & mask else { return false }
        }
        return true
    }
}
