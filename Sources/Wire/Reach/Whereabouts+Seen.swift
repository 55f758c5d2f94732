/// What others may believe of where a member is: an address at which the directory sees him is his own, what he says himself may
/// be anybody's.
extension Whereabouts {
    /// The addresses at which the directory sees him: of 4 or 16 bytes.
    package var seen: Set<[UInt8]> { Set((endpoints.prefix(1) + reflexive).map(\.address)) }

    /// Whether he names addresses at which nobody sees him.
    package var claims: Bool { !endpoints.allSatisfy { seen.contains($0.address) } }

    /// Of one device of his, as whoever is there may hear it: the first place, and of the others those of which a ``Claim`` is for
    /// him.
    package func told(to vantage: Vantage) -> Whereabouts {
        var told = self
        told.endpoints =
            endpoints.prefix(1) + zip(endpoints.dropFirst(), placeClaims).filter { $1.isFor(vantage) }.map(\.0)
        return told
    }

    /// Of each place but the first, in their order.
    package var placeClaims: [Claim] {
        guard endpoints.count > 1 else { return [] }
        let isInside = seen.contains(where: LocalAddress.isPrivate)
        let sites = Set(seen.compactMap(AddressSite.init))
        return endpoints.dropFirst().map { Claim(site: AddressSite($0.address), seen: sites, isInside: isInside) }
    }
}

/// From where somebody hears of others.
package struct Vantage: Sendable {
    /// Where he is seen, or says that he is: a home has several addresses. Without private ones, which say nothing of where.
    private let sites: [AddressSite]
    /// The directory sees him in a private network, in which it is itself.
    package let isInside: Bool

    /// - Parameters:
    ///   - seen: Where the directory sees him: addresses of 4 or 16 bytes, as the others are.
    ///   - others: Where he says that he is.
    package init(seen: [[UInt8]], alsoAt others: [[UInt8]] = []) {
        sites = (seen + others).compactMap(AddressSite.init)
        isInside = seen.contains(where: LocalAddress.isPrivate)
    }

    package func isAtAny(of places: Set<AddressSite>) -> Bool { sites.contains(where: places.contains) }

    fileprivate func isAt(_ place: AddressSite) -> Bool { sites.contains(place) }
}

/// A place that a member says is his: others hear of it unless it is inside a network, their own or a private one, and the
/// directory sees him elsewhere than they are. Whoever dials such a place tells by when he does what listens in his network.
package struct Claim: Hashable, Sendable {
    /// Nil in a private network.
    fileprivate let site: AddressSite?
    /// Where its member is seen.
    fileprivate let seen: Set<AddressSite>
    fileprivate let isInside: Bool

    /// Whether it is told there.
    package func isFor(_ vantage: Vantage) -> Bool {
        if isInside && vantage.isInside || vantage.isAtAny(of: seen) { return true }
        return site.map { !vantage.isAt($0) } ?? false
    }
}

/// What a household or an office has of addresses that the world knows: one of IPv4, or a /64 of IPv6.
package struct AddressSite: Hashable, Sendable {
    private let isShort: Bool
    private let word: UInt64

    /// Nil for a private address.
    ///
    /// - Parameter address: 4 or 16 bytes.
    package init?(_ address: [UInt8]) {
        guard !LocalAddress.isPrivate(address) else { return nil }
        let plain = LocalAddress.unmapped(address)
        isShort = plain.count == 4
        word = plain.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
