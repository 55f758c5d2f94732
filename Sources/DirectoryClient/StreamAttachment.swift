package import Wire

/// Keeps a stream to the server from the port on which this device listens: as whom the server sees its end, others reach this
/// device through whatever translates addresses on the way, and what the server has to say unasked comes on it.
///
/// Decides alone; times are monotonic milliseconds. A device that nothing translates has no use for it.
package struct StreamAttachment: Sendable {
    package enum Action: Hashable, Sendable {
        /// From this port, for the time of that number: the server may listen at several places.
        case dial(from: UInt16, attempt: Int)
        /// Asks on the stream, as ``DirectoryRequest/attach``.
        case ask(Transaction)
        case close
    }

    private enum State: Sendable {
        case idle
        case waiting(until: Int64)
        case dialling(since: Int64)
        case asking(Transaction, count: Int, nextAt: Int64)
        case attached(nextAt: Int64)
        /// The server sees this device as it sees itself.
        case needless
    }

    /// Between two attempts: doubled from one to the other.
    package static let pauses: ClosedRange<Int64> = 1_000...300_000
    /// Of a dial, and of an answer; how often it is asked for.
    package static let dialLimit: Int64 = 8_000
    package static let answerLimit: Int64 = 2_000
    package static let askLimit = 4
    /// At least, until the stream is shown to live by asking again.
    package static let leastRenewal: Int64 = 10_000

    private var state = State.idle
    private var port: UInt16 = 0
    private var pause = Self.pauses.lowerBound
    private var attempt = 0
    /// Of the place where it was attached last.
    private var attachedAttempt = 0
    private var lastTransaction = Transaction.max
    /// As whom the server sees the stream, while it is attached.
    package private(set) var endpoint: Endpoint?

    package init() {}

    /// Nil while it is not known.
    package var isTranslated: Bool? {
        if case .needless = state { return false }
        return endpoint == nil ? nil : true
    }

    /// Somebody signed in who listens on that port.
    package mutating func start(port: UInt16, now: Int64) -> [Action] {
        guard port > 0 else { return stop() }
        let actions = port == self.port ? [] : stop()
        self.port = port
        return actions + renewed(now: now)
    }

    /// Nobody is signed in any more.
    package mutating func stop() -> [Action] {
        defer {
            state = .idle
            port = 0
            endpoint = nil
        }
        return isOpen ? [.close] : []
    }

    private var isOpen: Bool {
        switch state {
        case .dialling, .asking, .attached: true
        case .idle, .waiting, .needless: false
        }
    }

    /// There is another session, or the device may be elsewhere.
    package mutating func renewed(now: Int64) -> [Action] {
        guard port > 0 else { return [] }
        switch state {
        case .idle, .needless: state = .waiting(until: now)
        case .asking, .attached: ask(now: now)
        case .waiting, .dialling: break
        }
        return []
    }

    /// The device is elsewhere: what was open leads nowhere.
    package mutating func moved(now: Int64) -> [Action] {
        guard port > 0 else { return [] }
        let actions: [Action] = isOpen ? [.close] : []
        endpoint = nil
        pause = Self.pauses.lowerBound
        attempt = attachedAttempt
        state = .waiting(until: now)
        return actions
    }

    private mutating func ask(now: Int64) {
        state = .asking(lastTransaction, count: 0, nextAt: now)
        lastTransaction -= 1
    }

    /// The stream is open.
    package mutating func opened(now: Int64) { if case .dialling = state { ask(now: now) } }

    /// It is closed, or could not be opened.
    package mutating func lost(now: Int64, jitter: Double) {
        guard isOpen else { return }
        retreat(now: now, jitter: jitter)
    }

    private mutating func retreat(now: Int64, jitter: Double) {
        // Where it was attached, the place is the right one.
        if endpoint == nil { attempt += 1 }
        endpoint = nil
        state = .waiting(until: now + Int64(Double(pause) * (0.75 + 0.5 * jitter)))
        pause = min(2 * pause, Self.pauses.upperBound)
    }

    package func awaits(_ transaction: Transaction) -> Bool {
        if case .asking(transaction, _, _) = state { true } else { false }
    }

    /// - Parameters:
    ///   - own: As whom this device sees its end.
    ///   - silenceLimit: What the server allows.
    package mutating func receive(
        _ answer: DirectoryAnswer, own: Endpoint?, silenceLimit: Int64, now: Int64, jitter: Double
    ) -> [Action] {
        guard case .asking(let transaction, let count, _) = state else { return [] }
        switch answer {
        case .attached(let seen) where seen == own:
            endpoint = nil
            attachedAttempt = attempt
            state = .needless
            return [.close]
        case .attached(let seen):
            endpoint = seen
            attachedAttempt = attempt
            pause = Self.pauses.lowerBound
            state = .attached(nextAt: now + max(silenceLimit, Self.leastRenewal))
            return []
        case .refusal(.busy(let retryAfter)):
            state = .asking(transaction, count: count, nextAt: now + min(max(retryAfter, 100), 60_000))
            return []
        default:
            retreat(now: now, jitter: jitter)
            return [.close]
        }
    }

    /// When ``step(now:jitter:)`` is due.
    package var wakeAt: Int64 {
        switch state {
        case .idle, .needless: .max
        case .waiting(let until): until
        case .dialling(let since): since + Self.dialLimit
        case .asking(_, _, let nextAt), .attached(let nextAt): nextAt
        }
    }

    package mutating func step(now: Int64, jitter: Double) -> [Action] {
        guard now >= wakeAt else { return [] }
        switch state {
        case .idle, .needless: return []
        case .waiting:
            state = .dialling(since: now)
            return [.dial(from: port, attempt: attempt)]
        case .attached:
            ask(now: now)
            return step(now: now, jitter: jitter)
        case .asking(let transaction, let count, _) where count < Self.askLimit:
            state = .asking(transaction, count: count + 1, nextAt: now + Self.answerLimit)
            return [.ask(transaction)]
        case .dialling, .asking:
            retreat(now: now, jitter: jitter)
            return [.close]
        }
    }
}
