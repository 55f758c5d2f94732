/// One member's wish to be brought together with another: the directory tells both where the other may be found, and asks
/// the other one to come.
package struct Reach: Hashable, Sendable {
    package var attempt: AttemptID
    package var user: UserName
    /// Of his devices those that are dialled at one of these, as a ``Holder`` lists them; empty for all of them. At most
    /// ``Whereabouts/endpointLimit``.
    package var endpoints: [Endpoint]
    /// Only a way without a relay is of use: there is a link over one already.
    package var avoidsRelay: Bool
    /// No link is wanted: both try every way and say what came of it, see ``TrialReport``.
    package var isTrial: Bool

    package init(
        attempt: AttemptID, user: UserName, endpoints: [Endpoint] = [], avoidsRelay: Bool = false,
        isTrial: Bool = false
    ) {
        self.attempt = attempt
        self.user = user
        self.endpoints = endpoints
        self.avoidsRelay = avoidsRelay
        self.isTrial = isTrial
    }

}

/// 16 random bytes that name one attempt of two members to come together, chosen by who asks: a connection that comes in
/// by it says so, see ``LinkPreface``.
package struct AttemptID: Hashable, Sendable {
    package static let byteCount = 16
    private let front, back: UInt64

    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        (front, back) = Array(bytes).withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    package static func random() -> AttemptID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    package static func random(using generator: inout some RandomNumberGenerator) -> AttemptID {
        AttemptID(front: generator.next(), back: generator.next())
    }

    private init(front: UInt64, back: UInt64) { (self.front, self.back) = (front, back) }

    package var bytes: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0) } }
}

/// Where a member may be found by somebody whom he expects.
package struct Whereabouts: Hashable, Sendable {
    /// Where he says that he listens, and where the server sees him: at most ``endpointLimit``.
    package var endpoints: [Endpoint]
    /// Where the server sees a connection from his listening port come from: behind a NAT that is another port than his own,
    /// and open only to whom he dials at the same moment. At most ``reflexiveLimit``.
    package var reflexive: [Endpoint]
    /// Where both find each other when nothing else works; nil where the network has no relay.
    package var relay: RelayOffer?

    package static let endpointLimit = 16
    package static let reflexiveLimit = 4

    package init(endpoints: [Endpoint], reflexive: [Endpoint] = [], relay: RelayOffer? = nil) {
        self.endpoints = endpoints
        self.reflexive = reflexive
        self.relay = relay
    }
}

/// A relay that carries one pair.
package struct RelayOffer: Hashable, Sendable {
    /// A name or an address; nil where it is the directory's own, wherever that is reached.
    package var host: String?
    package var port: UInt16
    /// The sealed ticket of whom it is offered to.
    package var ticket: [UInt8]

    package static let hostByteLimit = 253
    package static let ticketByteLimit = 256

    package init(host: String? = nil, port: UInt16, ticket: [UInt8]) {
        self.host = host
        self.port = port
        self.ticket = ticket
    }
}

/// What the directory tells a member whom another one wants to reach, unasked: to come and meet him.
package struct Call: Hashable, Sendable {
    package var attempt: AttemptID
    /// Who asked for it.
    package var user: UserName
    package var whereabouts: Whereabouts
    /// As ``Reach/avoidsRelay``.
    package var avoidsRelay: Bool
    /// As ``Reach/isTrial``.
    package var isTrial: Bool

    package init(
        attempt: AttemptID, user: UserName, whereabouts: Whereabouts, avoidsRelay: Bool = false, isTrial: Bool = false
    ) {
        self.attempt = attempt
        self.user = user
        self.whereabouts = whereabouts
        self.avoidsRelay = avoidsRelay
        self.isTrial = isTrial
    }
}

extension [Endpoint] {
    /// Whether they name the device that is dialled at these, as ``Reach/endpoints`` do: all of them where they are none. By place
    /// alone: whether a router maps one may have changed since it was listed.
    package func mean(deviceAt places: [Endpoint]) -> Bool {
        isEmpty || places.contains { place in contains { $0.isSamePlace(as: place) } }
    }
}
