import DirectoryClient
import TestKit
import Testing
import Wire

/// Requests on virtual time.
struct ExchangesTests {
    private typealias Outcome = Result<[DirectoryAnswer], DirectoryClientFailure>

    /// A line to a server, on virtual time.
    private struct Line {
        var exchanges = Exchanges(address: "server:1")
        var now: Int64 = 0
        var lastHeard: Int64 = 0
        var sent: [(at: Int64, transaction: Transaction, request: DirectoryRequest)] = []
        var ended: [ExchangeID: (at: Int64, outcome: Outcome)] = [:]
        var wantsLogin = 0

        mutating func ask(_ question: Question, id: ExchangeID = 1) {
            take(exchanges.ask(question, patience: .command, id: id, now: now, jitter: 0.5))
            step()
        }

        mutating func step() { take(exchanges.step(now: now, lastHeard: lastHeard, jitter: 0.5)) }

        mutating func answer(_ answer: DirectoryAnswer, to transaction: Transaction) {
            lastHeard = now
            take(exchanges.receive(answer, to: transaction, now: now))
            step()
        }

        /// Lets time pass, and calls `each` after each step of the requests.
        mutating func run(until end: Int64, _ each: (inout Line) -> Void = { _ in }) {
            var steps = 0
            while let wakeAt = exchanges.wakeAt(lastHeard: lastHeard), wakeAt <= end {
                steps += 1
                guard steps < 100_000 else {
                    Issue.record("it spins at \(now)")
                    return
                }
                now = max(now, wakeAt)
                step()
                each(&self)
            }
            now = end
        }

        private mutating func take(_ actions: [Exchanges.Action]) {
            for action in actions {
                switch action {
                case .send(let transaction, let request): sent.append((now, transaction, request))
                case .finish(let id, let outcome):
                    #expect(ended[id] == nil)
                    ended[id] = (now, outcome)
                case .signInFirst: wantsLogin += 1
                }
            }
        }
    }

    @Test func failsWithinFiveSecondsWhereTheServerIsAway() {
        var line = Line()
        line.ask(.single(.network))
        line.run(until: 20_000)
        #expect(line.ended[1]?.at == 4_500)
        #expect(line.ended[1]?.outcome == .failure(.away(address: "server:1")))
        #expect((15...25).contains(line.sent.count))
        #expect(Set(line.sent.map(\.transaction)).count == 1)
    }

    @Test func waitsLongerWhileTheServerIsAlive() {
        var line = Line()
        line.ask(.single(.network))
        line.run(until: 20_000) { $0.lastHeard = $0.now }
        #expect(line.ended[1]?.at == 9_000)
        #expect(line.ended[1]?.outcome == .failure(.refused(.busy(retryAfter: 1_000))))
    }

    @Test func takesTheFirstAnswerAndIgnoresItsRepetition() throws {
        var line = Line()
        line.ask(.single(.unpublish([])))
        let transaction = try #require(line.sent.first?.transaction)
        line.now = 40
        line.answer(.done, to: transaction &+ 1)
        #expect(line.ended.isEmpty)
        line.answer(.unpublishResults([true]), to: transaction)
        line.answer(.unpublishResults([false]), to: transaction)
        #expect(line.ended[1]?.outcome == .success([.unpublishResults([true])]))
        #expect(line.exchanges.roundTrip.timeout == 120)
        #expect(line.exchanges.count == 0)
    }

    /// Karn: the answer to a repeated request may belong to any of them.
    @Test func measuresNoRoundTripOfARepeatedRequest() throws {
        var line = Line()
        line.ask(.single(.network))
        line.run(until: 300)
        try #require(line.sent.count == 2)
        line.answer(.done, to: line.sent[0].transaction)
        #expect(line.exchanges.roundTrip.timeout == RoundTrip.initialTimeout)
    }

    @Test func waitsOutABusyServer() throws {
        var line = Line()
        line.ask(.single(.network))
        line.answer(.refusal(.busy(retryAfter: 2_000)), to: line.sent[0].transaction)
        #expect(line.exchanges.waitingSince == nil)
        line.run(until: 1_999)
        #expect(line.sent.count == 1)
        line.run(until: 2_000)
        #expect(line.sent.count == 2)
        line.answer(.done, to: line.sent[1].transaction)
        #expect(line.ended[1]?.outcome == .success([.done]))
    }

    @Test func reportsAServerThatIsBusyForTooLong() {
        var line = Line()
        line.ask(.single(.network))
        line.answer(.refusal(.busy(retryAfter: 10_000)), to: line.sent[0].transaction)
        #expect(line.ended[1]?.outcome == .failure(.refused(.busy(retryAfter: 10_000))))
    }

    @Test(arguments: [
        DirectoryRefusal.authenticationFailed, .quotaReached(limit: 3), .slowDown(retryAfter: 1), .malformed,
    ])
    func handsRefusalsOn(refusal: DirectoryRefusal) {
        var line = Line()
        line.ask(.single(.network))
        line.answer(.refusal(refusal), to: line.sent[0].transaction)
        #expect(line.ended[1]?.outcome == .failure(.refused(refusal)))
    }

    @Test func waitsForALoginAndGoesOn() throws {
        var line = Line()
        line.ask(.single(.published(PageWindow())))
        line.answer(.refusal(.notLoggedIn), to: line.sent[0].transaction)
        #expect(line.wantsLogin == 1)
        line.run(until: 1_000) { $0.lastHeard = $0.now }
        #expect(line.sent.count == 1)
        line.exchanges.resume(now: line.now)
        line.step()
        try #require(line.sent.count == 2)
        #expect(line.sent[0].transaction != line.sent[1].transaction)
        line.answer(.refusal(.notLoggedIn), to: line.sent[0].transaction)
        #expect(line.wantsLogin == 1)
    }

    @Test func endsWhatWaitsForALoginThatWillNotBe() {
        var line = Line()
        line.ask(.single(.published(PageWindow())))
        line.answer(.refusal(.notLoggedIn), to: line.sent[0].transaction)
        #expect(line.exchanges.endParked().count == 1)
        #expect(line.exchanges.count == 0)
    }

    @Test func boundsWhatIsOnTheLineAndWhatWaits() {
        var line = Line()
        for id in 1...ExchangeID(Exchanges.maximumInFlight + Exchanges.maximumWaiting + 5) {
            line.ask(.single(.network), id: id)
        }
        #expect(line.sent.count == Exchanges.maximumInFlight)
        #expect(line.exchanges.count == Exchanges.maximumInFlight + Exchanges.maximumWaiting)
        #expect(line.ended.count == 5)
        line.run(until: 4_600)
        #expect(line.exchanges.count == 0)
        #expect(line.ended.values.allSatisfy { $0.at <= 4_500 })
    }

    @Test func cancelsWhatRunsAndWhatWaits() {
        var line = Line()
        for id in 1...ExchangeID(Exchanges.maximumInFlight + 1) { line.ask(.single(.network), id: id) }
        #expect(line.exchanges.cancel(3).count == 1)
        #expect(line.exchanges.cancel(ExchangeID(Exchanges.maximumInFlight) + 1).count == 1)
        #expect(line.exchanges.cancel(3).isEmpty)
        #expect(line.exchanges.count == Exchanges.maximumInFlight - 1)
    }

    /// 30 % lost each way, 10 % twice, 20 % late: all pages come, well before anyone gives up.
    @Test func completesAListOverALossyLine() throws {
        var random = SeededRandom.fresh()
        let listed = try ListedNames(count: 1_000)
        for _ in 0..<Scale.count(200) {
            var line = Line()
            var handled = 0
            var arriving: [(at: Int64, transaction: Transaction, answer: DirectoryAnswer)] = []
            line.ask(.list { .search(Sample.search("A"), $0) })
            while line.ended.isEmpty {
                line.now += 5
                try #require(line.now < 60_000, "seed \(random.seed)")
                line.step()
                while handled < line.sent.count {
                    defer { handled += 1 }
                    guard random.next() % 10 < 7, case .search(_, let window) = line.sent[handled].request else {
                        continue
                    }
                    for answer in listed.answers(window) where random.next() % 10 < 7 {
                        for _ in 0..<(random.next() % 10 == 0 ? 2 : 1) {
                            let after = 10 + (random.next() % 5 == 0 ? Int64(random.next() % 40) : 0)
                            arriving.append((line.now + after, line.sent[handled].transaction, answer))
                        }
                    }
                }
                let due = arriving.filter { $0.at <= line.now }
                arriving.removeAll { $0.at <= line.now }
                for each in due { line.answer(each.answer, to: each.transaction) }
            }
            let end = try #require(line.ended[1])
            #expect(try end.outcome.get().names == listed.names, "seed \(random.seed)")
            #expect(end.at < 20_000, "seed \(random.seed)")
        }
    }
}
