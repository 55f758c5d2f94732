package import Wire

/// One thing to ask a router for. ``MappingKeeper`` gives them, and wants each answered once.
package struct MappingOrder: Hashable, Sendable {
    package typealias ID = UInt64

    package enum Deed: Hashable, Sendable {
        /// Make the mapping, or make it last longer.
        case map
        /// Is it still there, as far as the router can say?
        case check
        case remove
    }

    package let id: ID
    package let deed: Deed
    package let by: MappingProtocol
    package let router: Gateway
    /// On which this peer listens, with TCP.
    package let port: UInt16
    /// What it is to be, or is, outside: an address of zeros for any.
    package let external: Endpoint

    /// What is asked for; what is granted may be less.
    package static let lifetime = Duration.seconds(7_200)
    package static let lifetimeInSeconds: UInt32 = 7_200

    /// Who has not answered by then is silent.
    package var limit: Duration {
        switch (deed, by) {
        // Quitting waits for it.
        case (.remove, _): .milliseconds(750)
        case (_, .pcp), (_, .natPMP): .seconds(2)
        // The search for the gateway alone takes two seconds where there is none, and then there are descriptions to fetch.
        case (_, .upnp): .seconds(15)
        }
    }
}

/// What came of a ``MappingOrder``.
package enum MappingOutcome: Hashable, Sendable {
    case granted(MappingGrant)
    /// To a check: it is there, as far as the router says. The address is the router's outside, where it says that.
    case healthy(externalAddress: [UInt8]?, epoch: UInt32?)
    /// To a check: it is not there any more.
    case missing
    case removed
    /// It was not done, for certain. (Of these, ``MappingFailure/silent`` is none.)
    case refused(MappingFailure)
    /// It may have been done.
    case unanswered
}

package struct MappingGrant: Hashable, Sendable {
    package let external: Endpoint
    package let lifetime: Duration
    /// The router keeps it until it is removed: it knows no other mappings.
    package let isPermanent: Bool
    /// Seconds for which the router has known mappings, where it says that.
    package let epoch: UInt32?

    package init(external: Endpoint, lifetime: Duration, isPermanent: Bool = false, epoch: UInt32? = nil) {
        self.external = external
        self.lifetime = lifetime
        self.isPermanent = isPermanent
        self.epoch = epoch
    }
}

/// Speaks one of the protocols.
package protocol RouterClient: Sendable {
    var speaks: MappingProtocol { get }

    /// Carries an order out, and goes on trying until its task is cancelled, which is soon (``MappingOrder/limit``); then it returns at once.
    func perform(_ order: MappingOrder) async -> MappingOutcome
}
