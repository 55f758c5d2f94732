/// What others may believe of where a member is: an address at which the directory sees him is his own, what he says himself may
/// be anybody's.
extension Whereabouts {
    /// The addresses at which the directory sees him: of 4 or 16 bytes.
    package var seen: Set<[UInt8]> { Set((endpoints.prefix(1) + reflexive).map(\.address)) }

    /// Whether he names addresses at which nobody sees him.
    package var claims: Bool { !endpoints.allSatisfy { seen.contains($0.address) } }

    /// Of one device of his, as the member who is there may hear it: without places inside that one's own network, unless he is
    /// there himself. Who dials them tells by when he does what listens in his network.
    package func told(to other: Whereabouts) -> Whereabouts {
        guard !isNear(other) else { return self }
        var told = self
        let inside = Set(other.addresses.map(AddressSite.init))
        told.endpoints =
            endpoints.prefix(1)
            + endpoints.dropFirst().filter { endpoint in
                !LocalAddress.isPrivate(endpoint.address) && !inside.contains(AddressSite(endpoint.address))
            }
        return told
    }

    /// Whether the directory sees him where the other one is: at the same address or in the same network of IPv6, or both in private
    /// ones, in which it is itself. Where the other one says himself that he is there, too, he may: a home has several addresses.
    private func isNear(_ other: Whereabouts) -> Bool {
        let inside = Set(other.addresses.map(AddressSite.init))
        return seen.contains { address in
            LocalAddress.isPrivate(address)
                ? other.seen.contains(where: LocalAddress.isPrivate) : inside.contains(AddressSite(address))
        }
    }

    private var addresses: [[UInt8]] { (endpoints + reflexive).map(\.address) }
}

/// What a household or an office has of addresses: one of IPv4, or a /64 of IPv6.
private struct AddressSite: Hashable {
    private let bytes: [UInt8]

    init(_ address: [UInt8]) { bytes = address.count == 16 ? Array(address.prefix(8)) : address }
}
