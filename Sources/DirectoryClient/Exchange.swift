package import Wire

/// What is asked: one datagram for another, or a list in pages.
package enum Question: Sendable {
    case single(DirectoryRequest)
    /// - limit: Of pages: what comes behind them is not asked for.
    case list(limit: Int = .max, @Sendable (PageWindow) -> DirectoryRequest)
}

/// Names one request and its answers on a session: what KRPC calls a transaction.
package typealias Transaction = UInt32

/// One request on its way to its whole answer: what to send when, and when to give up.
///
/// It ends once, with ``Step/finished``, and is forgotten then.
package struct Exchange: Sendable {
    package enum Step: Sendable {
        case nothing
        case send(DirectoryRequest)
        case finished(Result<[DirectoryAnswer], DirectoryClientFailure>)
        /// The server does not know this login any more.
        case signInFirst
    }

    private enum Phase: Sendable {
        case asking
        /// The server asked for a pause.
        case paused
        /// Waits for a login.
        case parked
    }

    private let question: Question
    private let patience: Patience
    private let jitter: Double
    /// When it was asked, and when it last came forward.
    private let asked: Int64
    private var progressed: Int64
    private var phase = Phase.asking
    private var list: PagedList
    private var window: PageWindow?
    private var retransmission: Retransmission
    /// When it was sent, until the first answer.
    private var sentAt: Int64?
    /// The position in the list at which the window of each recent transaction starts.
    private var bases: [(transaction: Transaction, position: Int)] = []

    package init(
        _ question: Question, patience: Patience, asked: Int64, now: Int64, firstTimeout: Int64, jitter: Double
    ) {
        self.question = question
        if case .list(let limit, _) = question { list = PagedList(limit: limit) } else { list = PagedList() }
        self.patience = patience
        self.jitter = jitter
        self.asked = asked
        progressed = now
        retransmission = Retransmission(now: now, first: firstTimeout, jitter: jitter)
    }

    /// The transaction that a datagram sent now carries.
    package private(set) var transaction: Transaction?

    /// Since when it waits for the server, unless the server asked it to.
    package var waitingSince: Int64? { phase == .asking && retransmission.sends > 0 ? progressed : nil }

    /// When ``step(now:lastHeard:firstTimeout:newTransaction:)`` is due.
    package func wakeAt(lastHeard: Int64) -> Int64 {
        let end = giveUpAt(lastHeard: lastHeard)
        return phase == .parked ? end : min(retransmission.nextAt, end)
    }

    private func giveUpAt(lastHeard: Int64) -> Int64 {
        let progressLimit = progressed + patience.answer
        return phase == .paused ? progressLimit : min(progressLimit, max(asked, lastHeard) + patience.silence)
    }

    /// Gives up or sends what is due.
    package mutating func step(
        now: Int64, lastHeard: Int64, firstTimeout: Int64, address: String, newTransaction: () -> Transaction
    ) -> Step {
        if now >= giveUpAt(lastHeard: lastHeard) {
            // A live server that owes an answer for so long has more to do than it can.
            let isAlive = now - max(asked, lastHeard) < patience.silence
            return .finished(.failure(isAlive ? .refused(.busy(retryAfter: 1_000)) : .away(address: address)))
        }
        guard phase != .parked, retransmission.isDue(now) else { return .nothing }
        phase = .asking
        return .send(nextRequest(now: now, firstTimeout: firstTimeout, newTransaction: newTransaction))
    }

    private mutating func nextRequest(
        now: Int64, firstTimeout: Int64, newTransaction: () -> Transaction
    ) -> DirectoryRequest {
        defer {
            retransmission.sent(now: now)
            sentAt = now
        }
        switch question {
        case .single(let request):
            transaction = transaction ?? newTransaction()
            return request
        case .list(_, let request):
            let next = list.nextWindow()
            if next.after != window?.after || transaction == nil {
                let fresh = newTransaction()
                transaction = fresh
                bases.append((fresh, list.position))
                if bases.count > 4 { bases.removeFirst() }
                retransmission = Retransmission(now: now, first: firstTimeout, jitter: jitter)
            }
            window = next
            return request(next)
        }
    }

    /// Takes an answer to one of its transactions.
    package mutating func receive(_ answer: DirectoryAnswer, to transaction: Transaction, now: Int64, quiet: Int64)
        -> Step
    {
        if case .refusal(let refusal) = answer {
            // A late one, to what was asked before a new login, says nothing any more.
            return transaction == self.transaction ? refused(refusal, now: now) : .nothing
        }
        switch question {
        case .single: return .finished(.success([answer]))
        case .list:
            guard let base = bases.first(where: { $0.transaction == transaction })?.position else { return .nothing }
            switch list.receive(answer, base: base) {
            case .nothing: break
            case .progress:
                progressed = now
                retransmission.postpone(to: now + quiet)
            case .windowFull:
                progressed = now
                retransmission.postpone(to: now)
            case .complete: return .finished(.success(list.pages))
            case .malformed(let detail): return .finished(.failure(.misbehaved(detail: detail)))
            }
            return .nothing
        }
    }

    private mutating func refused(_ refusal: DirectoryRefusal, now: Int64) -> Step {
        switch refusal {
        case .busy(let retryAfter):
            let pause = min(max(retryAfter, Retransmission.eagerCap), 60_000)
            guard now + pause < progressed + patience.answer else { return .finished(.failure(.refused(refusal))) }
            phase = .paused
            retransmission.postpone(to: now + pause)
            return .nothing
        case .notLoggedIn:
            phase = .parked
            // A server answers a repeated transaction as it did the first time.
            self.transaction = nil
            return .signInFirst
        default: return .finished(.failure(.refused(refusal)))
        }
    }

    /// The time that its first answer took, told once; nil where it was sent more than once.
    package mutating func roundTrip(now: Int64) -> Int64? {
        defer { sentAt = nil }
        return retransmission.sends == 1 ? sentAt.map { now - $0 } : nil
    }

    /// Goes on at once, because there is a new session or a new login.
    package mutating func resume(now: Int64) {
        guard phase != .paused else { return }
        phase = .asking
        retransmission.postpone(to: now)
    }

    package var isParked: Bool { phase == .parked }
}
