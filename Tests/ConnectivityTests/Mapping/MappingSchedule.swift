import Connectivity
import Glibc
import TestKit
import Wire

/// Some hours of one keeper and three routers, on virtual time, from one seed.
struct MappingSchedule {
    struct Tally {
        var orders = 0
        var grants = 0
        var losses = 0
        var reboots = 0
        var moves = 0
        var removals = 0

        mutating func add(_ other: Tally) {
            orders += other.orders
            grants += other.grants
            losses += other.losses
            reboots += other.reboots
            moves += other.moves
            removals += other.removals
        }
    }

    private enum Event {
        case step
        case arrive(MappingOrder)
        case answer(MappingOrder.ID, MappingOutcome)
        case reboot
        case readdress
        case move
        case end
        case removals
    }

    static let seedToReplay = getenv("BITTRICKLE_MAPPING_SEED").flatMap { UInt64(String(cString: $0)) }

    /// Within this time after something happened, all is well again in fair weather: a check, and what it brings about, also where
    /// one protocol after the other is silent.
    private static let grace = Duration.seconds(200)
    private static let hours = 3

    private(set) var breaches: [String] = []
    private(set) var tally = Tally()
    private var random: SeededRandom
    private var keeper = MappingKeeper(port: 40_000, protocols: MappingProtocol.allCases)
    private var timeline = SimulatedTimeline<Event>()
    private var routers: [SimulatedRouter] = []
    private var current: Int?
    private var lastDisturbance = Duration.zero
    private var lastReboot = Duration.zero
    private var isEnded = false
    private var scheduled: ContinuousClock.Instant?
    private let base = ContinuousClock.now
    /// How much is lost, in thousandths.
    private let loss: Int
    private let isTold: Bool

    init(seed: UInt64, isTold: Bool = false) {
        random = SeededRandom(seed: seed)
        self.isTold = isTold
        loss = Bool.random(using: &random) ? 0 : Int.random(in: 1...400, using: &random)
        for number in 0..<3 { routers.append(SimulatedRouter(UInt8(number), using: &random)) }
        let end = Duration.seconds(Int.random(in: 10...Self.hours * 3_600, using: &random))
        timeline.schedule(.end, at: end)
        timeline.schedule(.move, at: .zero)
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let event = [Event.reboot, .readdress, .move, .move][Int.random(in: 0..<4, using: &random)]
            timeline.schedule(event, at: .seconds(Int.random(in: 0...Int(end.components.seconds), using: &random)))
        }
    }

    private var now: ContinuousClock.Instant { base + timeline.now }
    private var isFair: Bool { loss == 0 }
    private var chance: Double { mutating get { .random(in: 0...1, using: &random) } }
    private var isLost: Bool { mutating get { Int.random(in: 0..<1_000, using: &random) < loss } }
    private var delay: Duration { mutating get { .milliseconds(Int.random(in: 1...200, using: &random)) } }

    mutating func run() {
        while let event = timeline.next() {
            for place in routers.indices { expire(place) }
            take(event)
            check()
            scheduleStep()
            if isTold { print("\(timeline.now) \(event) -> \(keeper.state) \(routers.map(\.entries))") }
            guard breaches.isEmpty else { return }
        }
        checkEnd()
    }

    private mutating func scheduleStep() {
        guard let wakeAt = keeper.wakeAt, wakeAt != scheduled else { return }
        scheduled = wakeAt
        timeline.schedule(.step, at: wakeAt - base)
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .step where !isEnded: carryOut(keeper.step(now: now, chance: chance))
        case .arrive(let order): arrive(order)
        case .answer(let id, let outcome):
            if case .granted = outcome { tally.grants += 1 }
            carryOut(keeper.answered(id, outcome, now: now, chance: chance))
        // RFC 6887's rule cannot see a second one that soon after another.
        case .reboot where timeline.now - lastReboot > .seconds(300) || lastReboot == .zero:
            guard let current else { break }
            tally.reboots += 1
            lastReboot = timeline.now
            lastDisturbance = timeline.now
            routers[current].reboot(now: timeline.now)
        case .readdress where timeline.now - lastReboot > .seconds(300) || lastReboot == .zero:
            guard let current else { break }
            lastDisturbance = timeline.now
            routers[current].externalAddress[3] ^= 1
            // A router that speaks PCP forgets all when its address changes (RFC 6887 §8.5).
            routers[current].reboot(now: timeline.now)
            lastReboot = timeline.now
        case .move where !isEnded:
            tally.moves += 1
            lastDisturbance = timeline.now
            let wanted = Int.random(in: 0...routers.count, using: &random)
            current = wanted < routers.count ? wanted : nil
            carryOut(keeper.found(current.map { routers[$0].gateway }, now: now))
        case .end:
            isEnded = true
            keeper.end()
            // What is under way is answered first.
            timeline.schedule(.removals, after: .seconds(20))
        case .removals:
            let removals = keeper.removals(now: now)
            tally.removals += removals.count
            carryOut(removals)
        case .step, .reboot, .readdress, .move: break
        }
    }

    private mutating func carryOut(_ orders: [MappingOrder]) {
        for order in orders {
            tally.orders += 1
            guard let place = routers.firstIndex(where: { $0.gateway == order.router }) else { continue }
            if order.deed == .remove { routers[place].giveUp(order) }
            guard !isLost else {
                tally.losses += 1
                timeline.schedule(.answer(order.id, .unanswered), after: order.limit)
                continue
            }
            timeline.schedule(.arrive(order), after: delay)
        }
    }

    /// Only the router of this network hears anything.
    private mutating func arrive(_ order: MappingOrder) {
        let rest = order.limit - .milliseconds(200)
        guard let current, routers[current].gateway == order.router,
            let outcome = routers[current].outcome(of: order, now: timeline.now, using: &random), !isLost
        else { return timeline.schedule(.answer(order.id, .unanswered), after: rest) }
        timeline.schedule(.answer(order.id, outcome), after: delay)
    }

    private mutating func expire(_ place: Int) {
        let gone = routers[place].expire(now: timeline.now)
        guard isFair, place == current, !isEnded else { return }
        for entry in gone where !entry.isGivenUp && timeline.now - lastDisturbance > Self.grace {
            breaches.append("\(entry) was not renewed, at \(timeline.now)")
        }
    }

    // MARK: What must hold

    private mutating func check() {
        let alive = routers.flatMap(\.entries).filter { !$0.isGivenUp }
        if alive.count > 1 { breaches.append("at \(timeline.now) there are \(alive)") }
        if case .mapped(let mapped) = keeper.state, mapped.expires + .seconds(20) < now {
            breaches.append("at \(timeline.now) it believes in what is over")
        }
        // A check and a renewal at half of two minutes, each with its repetitions, and what a move or a restart takes.
        let limit = 100 + 40 * (tally.moves + tally.reboots) + Int(timeline.now.components.seconds) * 400 / 3_600
        if tally.orders > limit { breaches.append("\(tally.orders) orders by \(timeline.now)") }
        guard isFair, !isEnded, timeline.now - lastDisturbance > Self.grace, let current else { return }
        let router = routers[current]
        guard !router.speaks.isEmpty else { return }
        guard case .mapped(let mapped) = keeper.state else {
            return breaches.append("at \(timeline.now) it is \(keeper.state), and the router speaks \(router.speaks)")
        }
        if mapped.external.address != router.externalAddress || alive.map(\.port) != [mapped.external.port] {
            breaches.append("at \(timeline.now) it believes in \(mapped), and there is \(alive)")
        }
    }

    private mutating func checkEnd() {
        let alive = current.map { routers[$0].entries } ?? []
        for entry in alive where isFair ? true : !entry.isGivenUp { breaches.append("\(entry) is left") }
    }
}
