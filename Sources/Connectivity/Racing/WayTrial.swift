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
        var (ledger, held): (WayLedger, [LinkCore]) = (WayLedger(), [])
        let loop = RaceLoop(connect: { await outcome(of: $0) }, ask: ask, arrivals: arrivals)
        await loop.run(start, until: RaceRunner.now + Self.limit, isSteady: isSteady) { outcome in
            let now = RaceRunner.now
            switch outcome {
            case .began(let number, let way): ledger.began(number, way, now: now)
            case .attempt(let number, let result):
                if case .success(let core) = result { held.append(core) }
                ledger.ended(number, result, now: now)
            case .arrival(let result):
                if case .success(let core) = result { held.append(core) }
                ledger.arrived(result, now: now)
            }
            return true
        }
        for core in held { LinkCore.cut(core.channel, .closed) }
        return ledger.reports(now: RaceRunner.now)
    }

    private func outcome(of way: LinkRace.Way) async -> Result<LinkCore, any Error> {
        do { return .success(try await connect(way)) } catch { return .failure(error) }
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
