import Connectivity
import TestKit
import Wire

/// Two hosts behind NATs, a directory and a relay, on virtual time: both sides' ``LinkRace`` decide, and this carries their
/// packets.
struct SimulatedMeeting {
    enum Path: Hashable {
        case direct
        case reverse
        case punch
        case relay
    }

    struct Outcome {
        var path: Path?
        var time: Int64
        /// A call of the directory's came through.
        var wasCalled: Bool
    }

    private enum Side {
        case asking
        case called

        var other: Side { self == .asking ? .called : .asking }
    }

    private enum Event {
        case step(Side)
        case askArrives
        case callArrives
        case answerArrives
        /// The first packet of a connection, from a place outside.
        case packet(Side, LinkRace.AttemptNumber, LinkRace.Way, from: Endpoint, to: Endpoint)
        case failed(Side, LinkRace.AttemptNumber)
        case connected(Path)
    }

    private var random: SeededRandom
    private var hosts: [SimulatedHost]
    private var races: [LinkRace?]
    private var timeline = SimulatedTimeline<Event>()
    private var now: Int64 {
        timeline.now.components.seconds * 1_000 + timeline.now.components.attoseconds / 1_000_000_000_000_000
    }
    /// Of each side's way to the internet, one way.
    private let latency: [Int64]
    private let loss: Double
    private let reflexive: [Endpoint]
    private var atRelay: [Side: Bool] = [:]
    private let directory = Endpoint(address: [198, 51, 100, 1], port: 12_000)!

    init(_ asking: NATKind, _ called: NATKind, _ random: SeededRandom) {
        var random = random
        latency = [.random(in: 1...80, using: &random), .random(in: 1...80, using: &random)]
        loss = .random(in: 0...0.05, using: &random)
        hosts = [SimulatedHost(asking, number: 1), SimulatedHost(called, number: 2)]
        // The connection that each keeps to the directory from where it listens.
        reflexive = [hosts[0].send(from: 6_881, to: directory), hosts[1].send(from: 6_881, to: directory)]
        self.random = random
        races = [LinkRace(endpoints: [Endpoint(address: hosts[1].address, port: 6_881)!], canAsk: true, now: 0), nil]
        schedule(.step(.asking), in: 0)
    }

    private func index(_ side: Side) -> Int { side == .asking ? 0 : 1 }

    private mutating func schedule(_ event: Event, in delay: Int64) {
        timeline.schedule(event, after: .milliseconds(delay))
    }

    private var between: Int64 { latency[0] + latency[1] }

    mutating func run() -> Outcome {
        while let event = timeline.next() {
            if case .connected(let path) = event { return Outcome(path: path, time: now, wasCalled: races[1] != nil) }
            take(event)
        }
        return Outcome(path: nil, time: now, wasCalled: races[1] != nil)
    }

    private mutating func take(_ event: Event) {
        let now = now
        switch event {
        case .step(let side): step(side)
        case .askArrives:
            // Over UDP: either may be lost, and nobody repeats the call but who asked.
            if !isLost() { schedule(.callArrives, in: latency[1]) }
            schedule(.answerArrives, in: latency[0])
        case .callArrives:
            guard races[1] == nil else { return }
            var timing = LinkRace.Timing()
            timing.isSteady = true
            var race = LinkRace(endpoints: [], canAsk: false, timing: timing, now: now)
            race.learned(whereabouts(of: .asking), now: now)
            races[1] = race
            step(.called)
        case .answerArrives:
            let whereabouts = whereabouts(of: .called)
            races[0]?.learned(whereabouts, now: now)
            step(.asking)
        case .packet(let side, let number, let way, let source, let target): arrive(side, number, way, source, target)
        case .failed(let side, let number):
            let index = index(side)
            races[index]?.failed(number, now: now)
            step(side)
        case .connected: break
        }
    }

    private func whereabouts(of side: Side) -> Whereabouts {
        let host = hosts[index(side)]
        return Whereabouts(
            endpoints: [Endpoint(address: host.address, port: host.listeningPort)!],
            reflexive: [reflexive[index(side)]], relay: RelayOffer(port: 7_001, ticket: [1]))
    }

    private mutating func isLost() -> Bool { Double.random(in: 0..<1, using: &random) < loss }

    private mutating func step(_ side: Side) {
        guard var race = races[index(side)] else { return }
        for action in race.step(now: now) {
            switch action {
            case .ask: schedule(.askArrives, in: latency[0])
            case .dial(let number, let way): dial(side, number, way)
            }
        }
        races[index(side)] = race
        if !race.isOver(now: now), let time = race.wakeAt { schedule(.step(side), in: max(1, time - now)) }
    }

    private mutating func dial(_ side: Side, _ number: LinkRace.AttemptNumber, _ way: LinkRace.Way) {
        let (target, port, limit): (Endpoint, UInt16, Int64)
        switch way {
        case .direct(let endpoint):
            (target, port, limit) = (endpoint, .random(in: 50_000...60_000, using: &random), 5_000)
        case .punch(let endpoint, let within): (target, port, limit) = (endpoint, 6_881, within)
        case .relay:
            atRelay[side] = true
            if atRelay[side.other] == true { schedule(.connected(.relay), in: between) }
            return
        }
        let source = hosts[index(side)].send(from: port, to: target)
        // TCP says it again after a second.
        for delay: Int64 in [0, 1_000, 3_000] where delay < limit && !isLost() {
            schedule(.packet(side, number, way, from: source, to: target), in: delay + between)
        }
        schedule(.failed(side, number), in: limit)
    }

    private mutating func arrive(
        _ side: Side, _ number: LinkRace.AttemptNumber, _ way: LinkRace.Way, _ source: Endpoint, _ target: Endpoint
    ) {
        let other = hosts[index(side.other)]
        guard target.address == other.address, other.admits(source, to: target.port) else { return }
        switch way {
        case .punch: schedule(.connected(.punch), in: between)
        default: schedule(.connected(side == .asking ? .direct : .reverse), in: between)
        }
    }
}
