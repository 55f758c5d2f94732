package import Wire

/// Names one call of this client's user, for as long as it waits.
package typealias ExchangeID = UInt64

/// Every request that waits for its answer: a bounded number on the line at once, a bounded number behind
/// them. Each leaves with exactly one ``Action/finish``.
package struct Exchanges: Sendable {
    package enum Action: Sendable {
        case send(Transaction, DirectoryRequest)
        case finish(ExchangeID, Result<[DirectoryAnswer], DirectoryClientFailure>)
        case signInFirst
    }

    private struct Waiting: Sendable {
        let id: ExchangeID
        let question: Question
        let patience: Patience
        let asked: Int64
    }

    package static let maximumInFlight = 32
    package static let maximumWaiting = 1_024

    private let address: String
    private var running: [ExchangeID: Exchange] = [:]
    private var waiting: [Waiting] = []
    private var owners: [Transaction: ExchangeID] = [:]
    private var lastTransaction: Transaction = 0
    package private(set) var roundTrip = RoundTrip()

    package init(address: String) { self.address = address }

    /// The earliest time since which a request waits for the server.
    package var waitingSince: Int64? { running.values.compactMap(\.waitingSince).min() }
    package var count: Int { running.count + waiting.count }

    package func wakeAt(lastHeard: Int64) -> Int64? {
        if running.count < Self.maximumInFlight, !waiting.isEmpty { return .min }
        return running.values.map { $0.wakeAt(lastHeard: lastHeard) }.min()
    }

    /// Takes a request; it starts with the next ``step(now:lastHeard:jitter:)``.
    package mutating func ask(
        _ question: Question, patience: Patience, id: ExchangeID, now: Int64, jitter: Double
    ) -> [Action] {
        guard waiting.count < Self.maximumWaiting else {
            return [.finish(id, .failure(.refused(.busy(retryAfter: 1_000))))]
        }
        waiting.append(Waiting(id: id, question: question, patience: patience, asked: now))
        admit(now: now, jitter: jitter)
        return []
    }

    private mutating func admit(now: Int64, jitter: Double) {
        while running.count < Self.maximumInFlight, !waiting.isEmpty {
            let next = waiting.removeFirst()
            running[next.id] = Exchange(
                next.question, patience: next.patience, asked: next.asked, now: now,
                firstTimeout: roundTrip.timeout, jitter: jitter)
        }
    }

    /// Sends what is due and ends what has waited too long.
    package mutating func step(now: Int64, lastHeard: Int64, jitter: Double) -> [Action] {
        var actions: [Action] = []
        admit(now: now, jitter: jitter)
        for id in running.keys.sorted() {
            guard var exchange = running[id] else { continue }
            let before = exchange.transaction
            let step = exchange.step(
                now: now, lastHeard: lastHeard, firstTimeout: roundTrip.timeout, address: address,
                newTransaction: { nextTransaction() })
            running[id] = exchange
            if let transaction = exchange.transaction, transaction != before { owners[transaction] = id }
            actions += perform(step, id)
        }
        return actions
    }

    /// Takes an answer; one to nothing that is asked (a repetition, as a rule) is dropped.
    package mutating func receive(_ answer: DirectoryAnswer, to transaction: Transaction, now: Int64) -> [Action] {
        guard let id = owners[transaction], var exchange = running[id] else { return [] }
        if let sample = exchange.roundTrip(now: now) { roundTrip.measured(sample) }
        let step = exchange.receive(answer, to: transaction, now: now, quiet: roundTrip.timeout)
        running[id] = exchange
        return perform(step, id)
    }

    private mutating func perform(_ step: Exchange.Step, _ id: ExchangeID) -> [Action] {
        switch step {
        case .nothing: return []
        case .send(let request): return running[id]?.transaction.map { [.send($0, request)] } ?? []
        case .finished(let result):
            forget(id)
            return [.finish(id, result)]
        case .signInFirst: return [.signInFirst]
        }
    }

    package mutating func cancel(_ id: ExchangeID) -> [Action] {
        guard running[id] != nil || waiting.contains(where: { $0.id == id }) else { return [] }
        forget(id)
        waiting.removeAll { $0.id == id }
        return [.finish(id, .failure(.cancelled))]
    }

    private mutating func forget(_ id: ExchangeID) {
        running[id] = nil
        owners = owners.filter { $0.value != id }
    }

    /// All of them go on at once: there is a new session or a new login.
    package mutating func resume(now: Int64) {
        for id in running.keys { running[id]?.resume(now: now) }
    }

    /// There will be no login: what waits for it ends.
    package mutating func endParked() -> [Action] {
        let parked = running.filter { $0.value.isParked }.keys.sorted()
        return parked.map { id in
            forget(id)
            return .finish(id, .failure(.notSignedIn))
        }
    }

    /// Ends all of them.
    package mutating func endAll(_ failure: DirectoryClientFailure) -> [Action] {
        let all = running.keys.sorted() + waiting.map(\.id)
        running = [:]
        waiting = []
        owners = [:]
        return all.map { .finish($0, .failure(failure)) }
    }

    /// Unique among those in use: the counter wraps, below the half that belongs to the session keeper.
    private mutating func nextTransaction() -> Transaction {
        repeat {
            lastTransaction = (lastTransaction &+ 1) & (SessionKeeper.transactionFlag - 1)
        } while owners[
            lastTransaction] != nil
        return lastTransaction
    }
}
