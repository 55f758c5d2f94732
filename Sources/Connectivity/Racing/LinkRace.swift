package import Wire

/// How one member comes to another: which ways are tried, and when each is.
///
/// Addresses are dialled first, each a moment after the one before or when that failed (RFC 8305 §5). Where none of them
/// answers at once, the directory is asked to call the other one: from then on he dials us, too, and both dial at the same
/// moment where the directory sees the other's connection come from, and at his IPv6 addresses (`Whereabouts.dialable`), which
/// opens the way through most NATs and firewalls. What is left is a relay, where the network has one: it gets its turn when the
/// others have had theirs.
///
/// Pure: it says what to do and is told what came of it. Times in milliseconds, monotonic.
package struct LinkRace: Sendable {
    /// One way to try.
    package enum Way: Hashable, Sendable {
        case direct(Endpoint)
        /// From the listening port, for so long.
        case punch(Endpoint, within: Int64)
        case relay(RelayOffer)
    }

    package typealias AttemptNumber = Int

    package enum Action: Hashable, Sendable {
        case dial(AttemptNumber, Way)
        /// To be answered with ``learned(_:now:)`` or ``unanswered(isFinal:)``.
        case ask
    }

    package struct Timing: Sendable {
        /// Between the starts of two direct attempts.
        package var stagger: Int64 = 250
        /// How long the direct ways have before the directory is asked, and when it is asked again: a call may get lost.
        package var beforeAsking: Int64 = 300
        package var askAgain: [Int64] = [1_000, 2_500]
        /// When each try to punch begins: the other one hears of it a little sooner or later than we do.
        package var punches: [Int64] = [0, 150, 400, 900]
        package var lastPunch: Int64 = 3_000
        /// How long the better ways have before the relay is taken.
        package var beforeRelay: Int64 = 1_000
        /// Of the whole race.
        package var limit: Int64 = 10_000
        /// No way is tried sooner because another one failed: whoever named the addresses would hear by it what is there.
        package var isSteady = false

        package init() {}

        package init(askAgain: [Int64], limit: Int64) {
            self.askAgain = askAgain
            self.limit = limit
        }
    }

    private struct Punch: Sendable {
        let endpoint: Endpoint
        let began: Int64
        var next = 0
        var running: AttemptNumber?
    }

    private let timing: Timing
    private let began: Int64
    private var direct: [Endpoint]
    private var nextDirectAt: Int64
    private var known: Set<Endpoint>
    private var directRunning: Set<AttemptNumber> = []
    /// When the directory is asked; empty where there is none to ask.
    private var asks: [Int64]
    private var isAsking = false
    private var hasAsked = false
    private var punches: [Punch] = []
    private var relay: RelayOffer?
    private var relayAt: Int64?
    private var relayRunning: AttemptNumber?
    private var lastNumber = 0

    /// - Parameters:
    ///   - endpoints: Where he may be dialled, best first.
    ///   - canAsk: Whether the directory can be asked to call him.
    package init(endpoints: [Endpoint], canAsk: Bool, timing: Timing = Timing(), now: Int64) {
        self.timing = timing
        began = now
        direct = endpoints
        known = Set(endpoints.map { $0.mapped(false) })
        nextDirectAt = now
        let first = endpoints.isEmpty ? now : now + timing.beforeAsking
        asks = canAsk ? [first] + timing.askAgain.map { first + $0 } : []
    }

    /// What is to be done by now.
    package mutating func step(now: Int64) -> [Action] {
        guard now < began + timing.limit else { return [] }
        var actions: [Action] = []
        if !direct.isEmpty, now >= nextDirectAt {
            nextDirectAt = now + timing.stagger
            directRunning.insert(lastNumber + 1)
            actions.append(dial(.direct(direct.removeFirst())))
        }
        while let time = asks.first, now >= time {
            asks.removeFirst()
            guard !isAsking else { continue }
            (isAsking, hasAsked) = (true, true)
            actions.append(.ask)
        }
        for index in punches.indices {
            guard punches[index].running == nil, let (time, within) = slot(of: punches[index]), now >= time else {
                continue
            }
            punches[index].next += 1
            punches[index].running = lastNumber + 1
            actions.append(dial(.punch(punches[index].endpoint, within: within)))
        }
        if let relay, let relayAt, now >= relayAt {
            self.relay = nil
            relayRunning = lastNumber + 1
            actions.append(dial(.relay(relay)))
        }
        return actions
    }

    /// When ``step(now:)`` is to be called next; nil where nothing comes by itself any more.
    package var wakeAt: Int64? {
        var times = asks.prefix(1) + [began + timing.limit]
        if !direct.isEmpty { times.append(nextDirectAt) }
        times += punches.compactMap { punch in punch.running == nil ? slot(of: punch)?.time : nil }
        if relay != nil, let relayAt { times.append(relayAt) }
        return isOver(now: .min) ? nil : times.min()
    }

    /// Nothing is under way, and nothing is left to try.
    package func isOver(now: Int64) -> Bool {
        if now >= began + timing.limit { return true }
        return direct.isEmpty && directRunning.isEmpty && asks.isEmpty && !isAsking && relay == nil
            && relayRunning == nil && punches.allSatisfy(isOver)
    }

    package mutating func failed(_ number: AttemptNumber, now: Int64) {
        if directRunning.remove(number) != nil {
            if !timing.isSteady { nextDirectAt = now }
            // Whoever cannot be dialled may come himself.
            if !hasAsked, let time = asks.first { asks[0] = min(time, now) }
        } else if relayRunning == number {
            relayRunning = nil
        } else if let index = punches.firstIndex(where: { $0.running == number }) {
            punches[index].running = nil
        }
        hurryRelay(now: now)
    }

    package mutating func learned(_ whereabouts: Whereabouts, now: Int64) {
        isAsking = false
        for endpoint in whereabouts.endpoints where known.insert(endpoint.mapped(false)).inserted {
            direct.append(endpoint)
        }
        for endpoint in whereabouts.reflexive {
            // A new call brings new tries, where those of the last are over.
            let fresh = Punch(endpoint: endpoint, began: now)
            guard let index = punches.firstIndex(where: { $0.endpoint == endpoint }) else {
                punches.append(fresh)
                continue
            }
            if isOver(punches[index]) { punches[index] = fresh }
        }
        if relayAt == nil, let offer = whereabouts.relay {
            relay = offer
            relayAt = now + timing.beforeRelay
        }
        hurryRelay(now: now)
    }

    /// The directory could not be asked, or refused.
    ///
    /// - Parameter isFinal: Asking again is of no use.
    package mutating func unanswered(isFinal: Bool) {
        isAsking = false
        if isFinal { asks = [] }
    }

    /// The relay's turn comes when nothing better is left.
    private mutating func hurryRelay(now: Int64) {
        guard !timing.isSteady, relay != nil, direct.isEmpty, directRunning.isEmpty, punches.allSatisfy(isOver) else {
            return
        }
        relayAt = min(relayAt ?? now, now)
    }

    private func isOver(_ punch: Punch) -> Bool { punch.running == nil && slot(of: punch) == nil }

    private func slot(of punch: Punch) -> (time: Int64, within: Int64)? {
        guard punch.next < timing.punches.count else { return nil }
        let start = timing.punches[punch.next]
        let end = punch.next + 1 < timing.punches.count ? timing.punches[punch.next + 1] : start + timing.lastPunch
        return (punch.began + start, end - start)
    }

    private mutating func dial(_ way: Way) -> Action {
        lastNumber += 1
        return .dial(lastNumber, way)
    }
}
