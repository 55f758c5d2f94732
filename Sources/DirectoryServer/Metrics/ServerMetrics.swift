import CoreMetrics
import Directory
import Synchronization
import Wire

/// What a running server counts, through swift-metrics.
///
/// Every counter is made at the start, so that counting is an index and an atomic addition, on whatever loop a datagram
/// is worked on.
final class ServerMetrics: Sendable {
    private let requests: [Counter]
    private let durations: [CoreMetrics.Timer]
    private let refusals: [Counter]
    private let drops: [Counter]
    private let openings: [Counter]
    private let events: [Counter]
    private let stored: [CoreMetrics.Timer]
    private let streamEnds: [Counter]
    private let received: Counter
    private let sent: Counter
    private let repeated: Counter
    /// Why the store failed last; nil while it works.
    private let failure = Mutex<DirectoryStoreError?>(nil)

    let sessions: Meter
    let streams: Meter
    let inFlight: Meter
    let loopDelay: Meter
    let accounts: Meter
    let activeMembers: Meter
    let publications: Meter
    let storeUp: Meter
    let relay: RelayMetrics

    init(factory: any MetricsFactory) {
        func counter(_ metric: ServerMetric, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: metric.rawValue, dimensions: dimensions, factory: factory)
        }
        func timer(_ metric: ServerMetric, _ dimensions: [(String, String)]) -> CoreMetrics.Timer {
            CoreMetrics.Timer(label: metric.rawValue, dimensions: dimensions, factory: factory)
        }
        func meter(_ metric: ServerMetric) -> Meter { Meter(label: metric.rawValue, factory: factory) }

        requests = RequestKind.allCases.flatMap { kind in
            RequestOutcome.allCases.map { counter(.requests, [("kind", kind.label), ("outcome", $0.label)]) }
        }
        durations = RequestKind.allCases.map { timer(.requestSeconds, [("kind", $0.label)]) }
        refusals = RefusalReason.allCases.map { counter(.refusals, [("reason", $0.label)]) }
        drops = DropReason.allCases.map { counter(.dropped, [("reason", $0.label)]) }
        openings = OpeningOutcome.allCases.map { counter(.openings, [("outcome", $0.label)]) }
        events = ServerEvent.allCases.map { counter(.events, [("event", $0.label)]) }
        stored = StoreTimings.Operation.allCases.map { timer(.storeSeconds, [("operation", "\($0)")]) }
        streamEnds = StreamEnd.allCases.map { counter(.streamEnds, [("reason", $0.label)]) }
        received = counter(.received)
        sent = counter(.sent)
        repeated = counter(.repeated)
        sessions = meter(.sessions)
        streams = meter(.streams)
        inFlight = meter(.inFlight)
        loopDelay = meter(.loopDelay)
        accounts = meter(.accounts)
        activeMembers = meter(.activeMembers)
        publications = meter(.publications)
        storeUp = meter(.storeUp)
        relay = RelayMetrics(factory: factory)
    }

    // MARK: On the way of a datagram

    func datagramReceived() { received.increment() }
    func datagramsSent(_ count: Int) { sent.increment(by: count) }
    func unsent(_ count: Int) { drops[DropReason.unsent.rawValue].increment(by: count) }
    func answerRepeated() { repeated.increment() }
    func dropped(_ reason: DropReason) { drops[reason.rawValue].increment() }
    func streamEnded(_ reason: StreamEnd) { streamEnds[reason.rawValue].increment() }
    func opening(_ outcome: OpeningOutcome) { openings[outcome.rawValue].increment() }

    /// From the session alone, at once.
    func heartbeatAnswered() {
        let outcome = RequestOutcome.ok.rawValue
        requests[RequestKind.heartbeat.rawValue * RequestOutcome.allCases.count + outcome].increment()
    }

    /// Of a standard client.
    func answered(_ kind: RequestKind, _ outcome: RequestOutcome) {
        requests[kind.rawValue * RequestOutcome.allCases.count + outcome.rawValue].increment()
    }

    /// - Parameter answer: The first one.
    func answered(_ question: Question, with answer: DirectoryAnswer?) {
        let kind = RequestKind(question.request).rawValue
        let outcome = RequestOutcome(answer).rawValue
        requests[kind * RequestOutcome.allCases.count + outcome].increment()
        durations[kind].recordNanoseconds(Nanoseconds.now - question.began)
        if case .refusal(let refusal)? = answer { refusals[RefusalReason(refusal).rawValue].increment() }
    }

    // MARK: Beside it

    func note(_ notices: [DirectoryNotice]) {
        for notice in notices {
            events[ServerEvent(notice).rawValue].increment()
            switch notice {
            case .storeFailed(let error): failure.withLock { $0 = error }
            case .storeWorks: failure.withLock { $0 = nil }
            default: break
            }
        }
    }

    /// Why the store takes no writes; nil where it does.
    var storeFailure: DirectoryStoreError? { failure.withLock { $0 } }

    var storeTimings: StoreTimings {
        StoreTimings { [stored] operation, nanoseconds in stored[operation.rawValue].recordNanoseconds(nanoseconds) }
    }
}
