import Wire

/// Keeps one mapping of a port alive at whatever router there is: asks in one protocol after the other, renews, notices when the router changed or
/// forgot it, and removes it at the end.
///
/// Pure: events and the time come in, orders go out. There is one order at a time, but for the end, and each is answered. Before something is
/// asked for that would be a second mapping, the one that may be there is removed.
package struct MappingKeeper: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// One attempt to get it.
    private struct Attempt {
        /// Which protocol.
        var place: Int
        var externalPort: UInt16
        /// How often the port was another's.
        var taken = 0
    }

    private struct Holding {
        let mapped: MappedPort
        let router: Gateway
        let place: Int
        var renewAt: Instant
        var checkAt: Instant
    }

    private enum Phase {
        case away
        /// Something that may be there is removed, before this.
        case clearing(MappingClaim, Attempt)
        case asking(Attempt, before: MappingClaim?)
        case holding(Holding)
        case renewing(Holding)
        case checking(Holding)
        /// Nobody maps: until then it is not tried.
        case resting(until: Instant)
        case ended
    }

    /// How often it is looked whether the router still knows it; sooner where that was not answered.
    package static let checkPace = Duration.seconds(120)
    package static let checkAgain = Duration.seconds(30)
    /// RFC 6887 §11.2.1.
    package static let renewalPace = Duration.seconds(4)
    package static let shortestRest = Duration.seconds(30)
    package static let longestRest = Duration.seconds(1_800)
    private static let portLimit = 4
    private static let leftoverLimit = 8

    private let port: UInt16
    private let protocols: [MappingProtocol]
    package private(set) var state = MappingState.noRouter
    private var router: Gateway?
    private var routerChanged = false
    private var phase = Phase.away
    private var underWay: MappingOrder.ID?
    private var lastID: MappingOrder.ID = 0
    private var claim: MappingClaim?
    /// What may be there because its removal was not answered.
    private var leftovers: [MappingClaim] = []
    private var epoch = RouterEpoch()
    private var failures: [MappingProtocol: MappingFailure] = [:]
    private var rests = 0
    /// What it was the last time: others know it.
    private var lastPort: UInt16

    /// - Parameters:
    ///   - port: on which this peer listens.
    ///   - protocols: in the order in which they are tried.
    package init(port: UInt16, protocols: [MappingProtocol]) {
        self.port = port
        self.protocols = protocols
        lastPort = port
    }

    /// When ``step(now:chance:)`` has something to do next.
    package var wakeAt: Instant? {
        switch phase {
        case .holding(let holding): min(holding.renewAt, holding.checkAt, holding.mapped.expires)
        case .resting(let until): until
        case .away, .clearing, .asking, .renewing, .checking, .ended: nil
        }
    }

    // MARK: Events. Chance is random, from 0 to 1.

    /// The router, or the address towards it, is this one.
    package mutating func found(_ router: Gateway?, now: Instant) -> [MappingOrder] {
        guard router != self.router, !isEnded else { return [] }
        self.router = router
        routerChanged = true
        return underWay == nil ? startOver(now) : []
    }

    /// The time passed.
    package mutating func step(now: Instant, chance: Double) -> [MappingOrder] {
        switch phase {
        case .holding(let holding) where holding.mapped.expires <= now: return lost(now)
        case .holding(let holding) where holding.renewAt <= now: return renew(holding, now)
        case .holding(let holding) where holding.checkAt <= now:
            phase = .checking(holding)
            return [order(.check, holding)]
        case .resting(let until) where until <= now: return begin(Attempt(place: 0, externalPort: lastPort), now)
        default: return []
        }
    }

    /// Something may have happened that the router's address does not show, as after a sleep: it is looked at the next step.
    package mutating func doubt(now: Instant) {
        switch phase {
        case .holding(var holding):
            holding.checkAt = now
            phase = .holding(holding)
        case .resting: phase = .resting(until: now)
        default: break
        }
    }

    package mutating func answered(
        _ id: MappingOrder.ID, _ outcome: MappingOutcome, now: Instant, chance: Double
    ) -> [MappingOrder] {
        guard id == underWay else { return [] }
        underWay = nil
        let orders: [MappingOrder]
        switch phase {
        case .clearing(let cleared, let attempt): orders = self.cleared(cleared, attempt, outcome, now)
        case .asking(let attempt, let before): orders = asked(attempt, before, outcome, now, chance)
        case .renewing(let holding): orders = renewed(holding, outcome, now, chance)
        case .checking(let holding): orders = checked(holding, outcome, now, chance)
        case .ended:
            if case .granted(let grant) = outcome { note(grant, now) }
            orders = []
        case .away, .holding, .resting: orders = []
        }
        return orders
    }

    /// No more orders come but those of ``removals(now:)``. What is under way is still to be answered.
    package mutating func end() {
        phase = .ended
        state = .ended
    }

    /// What is left to do at the end, all at the same time. What became of it does not matter any more.
    package mutating func removals(now: Instant) -> [MappingOrder] {
        let left = ([claim].compactMap(\.self) + leftovers).filter { !$0.isOver(now) && $0.router == router }
        claim = nil
        leftovers = []
        return left.map { order(.remove, $0) }
    }

    private var isEnded: Bool { if case .ended = phase { true } else { false } }

    // MARK: Asking

    private mutating func startOver(_ now: Instant) -> [MappingOrder] {
        routerChanged = false
        failures = [:]
        rests = 0
        epoch = RouterEpoch()
        guard router != nil else {
            state = .noRouter
            phase = .away
            return []
        }
        state = .looking
        for place in leftovers.indices where leftovers[place].router == router { leftovers[place].hasHope = true }
        return begin(Attempt(place: 0, externalPort: lastPort), now)
    }

    private mutating func lost(_ now: Instant) -> [MappingOrder] {
        state = .looking
        return begin(Attempt(place: 0, externalPort: lastPort), now)
    }

    private mutating func begin(_ attempt: Attempt, _ now: Instant) -> [MappingOrder] {
        guard !routerChanged else { return startOver(now) }
        guard let router, attempt.place < protocols.count else { return rest(now, chance: 0.5) }
        var wanted = MappingClaim(
            router: router, by: protocols[attempt.place], externalPort: attempt.externalPort, until: now)
        if claim?.isOver(now) == true { claim = nil }
        if let claim, !claim.isSame(as: wanted) {
            phase = .clearing(claim, attempt)
            return [order(.remove, claim)]
        }
        leftovers.removeAll { $0.isOver(now) }
        let before = claim ?? leftovers.first { $0.isSame(as: wanted) }
        leftovers.removeAll { $0.isSame(as: wanted) }
        if let place = leftovers.firstIndex(where: { $0.router == router && $0.hasHope }) {
            let old = leftovers.remove(at: place)
            phase = .clearing(old, attempt)
            return [order(.remove, old)]
        }
        phase = .asking(attempt, before: before)
        let order = order(.map, wanted)
        wanted.until = latest(before, now + order.limit + MappingOrder.lifetime)
        claim = wanted
        return [order]
    }

    private mutating func cleared(
        _ cleared: MappingClaim, _ attempt: Attempt, _ outcome: MappingOutcome, _ now: Instant
    ) -> [MappingOrder] {
        if claim?.isSame(as: cleared) == true { claim = nil }
        if outcome != .removed {
            var cleared = cleared
            cleared.hasHope = false
            leftovers.append(cleared)
            let briefest = leftovers.indices.min { leftovers[$0].isBriefer(than: leftovers[$1]) }
            if leftovers.count > Self.leftoverLimit, let briefest { leftovers.remove(at: briefest) }
        }
        return begin(attempt, now)
    }

    private mutating func asked(
        _ attempt: Attempt, _ before: MappingClaim?, _ outcome: MappingOutcome, _ now: Instant, _ chance: Double
    ) -> [MappingOrder] {
        switch outcome {
        case .granted(let grant) where !grant.external.canBeOutside:
            // It stands there all the same, until it is removed.
            note(grant, now)
            failures[protocols[attempt.place]] = .refused("the router has no address outside that others can dial")
        case .granted(let grant): return hold(grant, attempt.place, now, chance)
        case .refused(.portTaken) where attempt.taken < Self.portLimit:
            claim = nil
            return begin(another(attempt, chance), now)
        case .refused(let failure):
            claim = before
            failures[protocols[attempt.place]] = failure
        case .unanswered, .removed, .healthy, .missing:
            failures[protocols[attempt.place]] = .silent
        }
        guard attempt.place + 1 < protocols.count, !routerChanged else {
            return routerChanged ? startOver(now) : rest(now, chance: chance)
        }
        return begin(Attempt(place: attempt.place + 1, externalPort: lastPort), now)
    }

    /// Of those that are nobody's (RFC 6335).
    private func another(_ attempt: Attempt, _ chance: Double) -> Attempt {
        let port = 49_152 + UInt16(chance * 16_383)
        return Attempt(place: attempt.place, externalPort: port, taken: attempt.taken + 1)
    }

    private mutating func rest(_ now: Instant, chance: Double) -> [MappingOrder] {
        let length = min(Self.longestRest, Self.shortestRest * (1 << min(rests, 10)))
        rests += 1
        state = .unmapped(failures)
        phase = .resting(until: now + length * (0.9 + 0.2 * chance))
        return []
    }

    // MARK: Holding

    private mutating func note(_ grant: MappingGrant, _ now: Instant) {
        claim?.externalPort = grant.external.port
        claim?.until = grant.isPermanent ? nil : now + grant.lifetime
        lastPort = grant.external.port
    }

    private mutating func hold(
        _ grant: MappingGrant, _ place: Int, _ now: Instant, _ chance: Double
    ) -> [MappingOrder] {
        note(grant, now)
        if let seconds = grant.epoch { _ = epoch.fits(seconds, now: now) }
        guard !routerChanged, let router else { return startOver(now) }
        rests = 0
        failures = [:]
        let mapped = MappedPort(external: grant.external, by: protocols[place], expires: now + grant.lifetime)
        // RFC 6887 §11.2.1: between one half and five eighths.
        let renewAt = now + max(Self.renewalPace, grant.lifetime * (0.5 + 0.125 * chance))
        phase = .holding(
            Holding(
                mapped: mapped, router: router, place: place, renewAt: renewAt,
                checkAt: now + Self.checkPace * (0.9 + 0.2 * chance)))
        state = .mapped(mapped)
        return []
    }

    private mutating func renew(_ holding: Holding, _ now: Instant) -> [MappingOrder] {
        phase = .renewing(holding)
        let order = order(.map, holding)
        let until = latest(claim, now + order.limit + MappingOrder.lifetime)
        claim?.until = until
        return [order]
    }

    private mutating func renewed(
        _ holding: Holding, _ outcome: MappingOutcome, _ now: Instant, _ chance: Double
    ) -> [MappingOrder] {
        switch outcome {
        case .granted(let grant) where !grant.external.canBeOutside:
            note(grant, now)
            return lost(now)
        case .granted(let grant): return hold(grant, holding.place, now, chance)
        case .refused(.portTaken):
            claim = nil
            state = .looking
            return begin(another(Attempt(place: holding.place, externalPort: lastPort), chance), now)
        case .refused: return lost(now)
        case .unanswered, .removed, .healthy, .missing:
            guard holding.mapped.expires > now else { return lost(now) }
            var holding = holding
            holding.renewAt = now + max(Self.renewalPace, (holding.mapped.expires - now) / 2)
            return goOn(holding, now)
        }
    }

    private mutating func checked(
        _ holding: Holding, _ outcome: MappingOutcome, _ now: Instant, _ chance: Double
    ) -> [MappingOrder] {
        var holding = holding
        holding.checkAt = now + Self.checkPace * (0.9 + 0.2 * chance)
        switch outcome {
        case .healthy(let address, let seconds):
            // What was said before the router began anew is not to be compared with a second time, so it is always noted.
            let fits = seconds.map { epoch.fits($0, now: now) } ?? true
            let moved = address.map { $0 != holding.mapped.external.address } ?? false
            return fits && !moved ? goOn(holding, now) : doubtful(holding, now)
        case .missing: return doubtful(holding, now)
        case .unanswered: holding.checkAt = now + Self.checkAgain
        case .refused, .granted, .removed: break
        }
        return goOn(holding, now)
    }

    /// The router is a new one, or forgot: asking again is what makes it true again.
    private mutating func doubtful(_ holding: Holding, _ now: Instant) -> [MappingOrder] {
        routerChanged ? startOver(now) : renew(holding, now)
    }

    private mutating func goOn(_ holding: Holding, _ now: Instant) -> [MappingOrder] {
        guard !routerChanged else { return startOver(now) }
        phase = .holding(holding)
        return []
    }

    // MARK: Orders

    private func latest(_ claim: MappingClaim?, _ until: Instant) -> Instant? {
        guard let claim else { return until }
        return claim.until.map { max($0, until) }
    }

    private mutating func order(_ deed: MappingOrder.Deed, _ claim: MappingClaim) -> MappingOrder {
        let anyAddress = [UInt8](repeating: 0, count: claim.router.local.count)
        // Nobody has a mapping at port 0, nor a router without an address.
        guard let external = Endpoint(address: anyAddress, port: claim.externalPort) else {
            preconditionFailure("a claim has a port and a router")
        }
        return order(deed, claim.by, claim.router, external)
    }

    private mutating func order(_ deed: MappingOrder.Deed, _ holding: Holding) -> MappingOrder {
        order(deed, holding.mapped.by, holding.router, holding.mapped.external)
    }

    private mutating func order(
        _ deed: MappingOrder.Deed, _ by: MappingProtocol, _ router: Gateway, _ external: Endpoint
    ) -> MappingOrder {
        lastID += 1
        underWay = lastID
        return MappingOrder(id: lastID, deed: deed, by: by, router: router, port: port, external: external)
    }
}
