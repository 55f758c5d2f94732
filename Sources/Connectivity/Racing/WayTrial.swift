import Glibc
import NIOCore
import NIOPosix
import Wire

/// Tries every way between two members to its end, where a ``RaceRunner`` stops at the first: what comes about is held for so
/// long that the other side sees it too, and then cut.
struct WayTrial: Sendable {
    let connect: @Sendable (LinkRace.Way) async throws -> LinkCore
    /// Nil where nobody can be asked.
    let ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?
    let arrivals: AsyncStream<LinkCore>?
    /// It takes its whole time, whatever comes of the ways: when it is over tells nothing of them.
    var isSteady = false

    /// Of the whole; what has not come to its end by then counts as silent. Milliseconds.
    static let limit: Int64 = 4_000

    private enum Event: Sendable {
        case attempt(LinkRace.AttemptNumber, Result<LinkCore, any Error>)
        case arrived(LinkCore?)
        case arrival(Result<LinkCore, LinkFailure>)
        case whereabouts(Result<Whereabouts, ReachFailure>)
        case time
        case over
    }

    /// When the ways are tried: all at once, for the time of a trial.
    static var timing: LinkRace.Timing {
        var timing = LinkRace.Timing()
        (timing.stagger, timing.beforeAsking, timing.beforeRelay) = (0, 0, 0)
        timing.askAgain = [1_000]
        timing.lastPunch = 1_500
        timing.limit = limit
        return timing
    }

    /// - Returns: Each way once, by its best outcome, in the order in which they were begun.
    func run(_ start: LinkRace) async -> [WayReport] {
        await withTaskGroup(of: Event.self) { group in
            var (race, ledger) = (start, WayLedger())
            var held: [LinkCore] = []
            let deadline = RaceRunner.now + Self.limit
            group.addTask { await Self.pause(until: deadline, .over) }
            if let arrivals { group.addTask { .arrived(await RaceRunner.next(arrivals)) } }
            var (waking, arriving): (Int64?, Int) = (nil, 0)
            func step() {
                for action in race.step(now: RaceRunner.now) {
                    switch action {
                    case .dial(let number, let way):
                        ledger.began(number, way, now: RaceRunner.now)
                        group.addTask { .attempt(number, await outcome(of: way)) }
                    case .ask: group.addTask { .whereabouts(await RaceRunner.answer(of: ask)) }
                    }
                }
                guard let time = race.wakeAt, waking.map({ time < $0 }) ?? true else { return }
                waking = time
                group.addTask { await Self.pause(until: time, .time) }
            }
            step()
            events: while !Task.isCancelled, isSteady || !race.isOver(now: RaceRunner.now) || arriving > 0,
                let event = await group.next()
            {
                let now = RaceRunner.now
                switch event {
                case .attempt(let number, let result):
                    if case .success(let core) = result { held.append(core) }
                    ledger.ended(number, result, now: now)
                    race.failed(number, now: now)
                case .arrived(let core?):
                    arriving += 1
                    group.addTask { .arrival(await RaceRunner.verified(core)) }
                    if let arrivals { group.addTask { .arrived(await RaceRunner.next(arrivals)) } }
                case .arrival(let result):
                    arriving -= 1
                    if case .success(let core) = result { held.append(core) }
                    ledger.arrived(result, now: now)
                case .arrived(nil): break
                case .whereabouts(.success(let whereabouts)): race.learned(whereabouts, now: now)
                case .whereabouts(.failure(let failure)): race.unanswered(isFinal: failure == .absent)
                case .time: waking = nil
                case .over: break events
                }
                step()
            }
            group.cancelAll()
            for await event in group {
                switch event {
                case .attempt(_, .success(let core)), .arrival(.success(let core)), .arrived(let core?):
                    held.append(core)
                default: break
                }
            }
            for core in held { LinkCore.cut(core.channel, .closed) }
            return ledger.reports(now: RaceRunner.now)
        }
    }

    private func outcome(of way: LinkRace.Way) async -> Result<LinkCore, any Error> {
        do { return .success(try await connect(way)) } catch { return .failure(error) }
    }

    private static func pause(until time: Int64, _ event: Event) async -> Event {
        try? await Task.sleep(for: .milliseconds(max(1, time - RaceRunner.now)))
        return event
    }
}

/// What came of the ways of a trial so far.
private struct WayLedger {
    private struct Place: Hashable {
        let kind: WayReport.Kind
        let endpoint: Endpoint?
    }

    private var order: [Place] = []
    private var reports: [Place: WayReport] = [:]
    private var running: [LinkRace.AttemptNumber: (place: Place, since: Int64)] = [:]
    private let began = RaceRunner.now

    mutating func began(_ number: LinkRace.AttemptNumber, _ way: LinkRace.Way, now: Int64) {
        let place: Place =
            switch way {
            case .direct(let endpoint): Place(kind: .dialled, endpoint: endpoint)
            case .punch(let endpoint, _): Place(kind: .punched, endpoint: endpoint)
            case .relay: Place(kind: .relayed, endpoint: nil)
            }
        if !order.contains(place) { order.append(place) }
        running[number] = (place, now)
    }

    mutating func ended(_ number: LinkRace.AttemptNumber, _ result: Result<LinkCore, any Error>, now: Int64) {
        guard let (place, since) = running.removeValue(forKey: number) else { return }
        note(place, WayReport.Outcome(result), milliseconds: now - since)
    }

    mutating func arrived(_ result: Result<LinkCore, LinkFailure>, now: Int64) {
        let place = Place(kind: .arrived, endpoint: nil)
        if !order.contains(place) { order.append(place) }
        note(place, WayReport.Outcome(result.mapError { $0 as any Error }), milliseconds: now - began)
    }

    /// A link is not undone by a later try of the same way.
    private mutating func note(_ place: Place, _ outcome: WayReport.Outcome, milliseconds: Int64) {
        guard reports[place]?.outcome != .linked else { return }
        reports[place] = WayReport(place.kind, place.endpoint, outcome, milliseconds: milliseconds)
    }

    func reports(now: Int64) -> [WayReport] {
        Array(
            order.map { place in
                reports[place]
                    ?? WayReport(
                        place.kind, place.endpoint, .silent,
                        milliseconds: now - (running.values.first { $0.place == place }?.since ?? began))
            }.prefix(TrialReport.limit))
    }
}

extension WayReport.Outcome {
    fileprivate init(_ result: Result<LinkCore, any Error>) {
        switch result {
        case .success: self = .linked
        case .failure(let error): self.init(error)
        }
    }

    private init(_ error: any Error) {
        switch error {
        case let failure as LinkFailure: self.init(failure)
        case let error as IOError: self.init(errno: error.errnoCode)
        case let error as NIOConnectionError:
            if let inner = error.connectionErrors.first?.error { self.init(inner) } else { self = .silent }
        case ChannelError.connectTimeout: self = .silent
        default: self = .failed
        }
    }

    private init(errno code: CInt) {
        switch code {
        case ECONNREFUSED, ECONNRESET: self = .refused
        case ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT, EADDRNOTAVAIL, EINVAL: self = .noRoute
        case ETIMEDOUT: self = .silent
        default: self = .failed
        }
    }

    private init(_ failure: LinkFailure) {
        switch failure {
        case .refused, .securityFailed, .malformed, .wrongContent: self = .notTheMember
        case .relayRefused(.full), .relayRefused(.tooManyOfMember), .relayRefused(.quotaUsedUp): self = .relayFull
        case .relayRefused(.partnerMissing), .relaySilent: self = .relayAlone
        case .handshakeTimedOut, .silent, .closed: self = .silent
        case .unreachable, .closedByPeer, .expelled, .certificateExpired, .tooManyLinks, .relayRefused, .addressGone,
            .proxyFailed:
            self = .failed
        }
    }
}
