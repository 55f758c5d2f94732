import Connectivity
import Proxies
import TestKit
import Testing
import Wire

struct LinkRaceTests {
    private func endpoint(_ last: UInt8, _ port: UInt16 = 6_881) -> Endpoint {
        Endpoint(address: [192, 0, 2, last], port: port)!
    }

    @Test func addressesAreDialledOneAfterTheOther() {
        var race = LinkRace(endpoints: [endpoint(1), endpoint(2), endpoint(3)], canAsk: false, now: 0)
        #expect(race.step(now: 0) == [.dial(1, .direct(endpoint(1)))])
        #expect(race.step(now: 100) == [])
        #expect(race.wakeAt == 250)
        #expect(race.step(now: 250) == [.dial(2, .direct(endpoint(2)))])
        race.failed(2, now: 260)
        #expect(race.step(now: 260) == [.dial(3, .direct(endpoint(3)))])
        race.failed(1, now: 300)
        #expect(!race.isOver(now: 300))
        race.failed(3, now: 310)
        #expect(race.isOver(now: 310))
        #expect(race.wakeAt == nil)
    }

    @Test func theDirectoryIsAskedWhereNobodyAnswersAtOnce() {
        var race = LinkRace(endpoints: [endpoint(1)], canAsk: true, now: 0)
        #expect(race.step(now: 0) == [.dial(1, .direct(endpoint(1)))])
        #expect(race.step(now: 299) == [])
        #expect(race.step(now: 300) == [.ask])
        race.learned(Whereabouts(endpoints: [endpoint(1), endpoint(9)], reflexive: [endpoint(1, 7_000)]), now: 350)
        #expect(
            race.step(now: 350) == [
                .dial(2, .direct(endpoint(9))), .dial(3, .punch(endpoint(1, 7_000), within: 150)),
            ])
        race.failed(3, now: 380)
        #expect(race.step(now: 499) == [])
        #expect(race.step(now: 500) == [.dial(4, .punch(endpoint(1, 7_000), within: 250))])
    }

    /// Nothing translates them, so they need not be seen by the server; local ones mean nothing elsewhere.
    @Test func addressesOfIPv6ArePunchedAt() throws {
        let global = try #require(
            Endpoint(address: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 1, count: 12), port: 6_881))
        let local = try #require(Endpoint(address: [0xFD] + [UInt8](repeating: 1, count: 15), port: 6_881))
        var race = LinkRace(endpoints: [global], canAsk: true, now: 0)
        #expect(race.step(now: 0) == [.dial(1, .direct(global))])
        #expect(race.step(now: 300) == [.ask])
        race.learned(
            Whereabouts(endpoints: [global, local]).dialable(for: "192.0.2.200", by: ProxyRules()), now: 310)
        #expect(
            race.step(now: 310) == [.dial(2, .direct(local)), .dial(3, .punch(global, within: 150))])
    }

    /// Nobody comes back through a proxy: what it leads to is dialled, and nothing of it from the listening port.
    @Test func nothingIsPunchedAtThroughAProxy() throws {
        let six = (1...9).map { number in
            Endpoint(address: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: number, count: 12), port: 6_881)!
        }
        let whereabouts = Whereabouts(endpoints: [endpoint(1)] + six, reflexive: [endpoint(1, 7_000)])
        var rules = ProxyRules()
        func dialable() -> Whereabouts { whereabouts.dialable(for: "192.0.2.200", by: rules) }
        #expect(dialable().endpoints == whereabouts.endpoints)
        #expect(dialable().reflexive == whereabouts.reflexive + six.prefix(Whereabouts.reflexiveLimit))
        rules = ProxyRules(Proxy(.http, at: try HostPort(host: "192.0.2.201", port: 3_128)))
        #expect(dialable().endpoints == whereabouts.endpoints + whereabouts.reflexive)
        #expect(dialable().reflexive.isEmpty)
        rules.exemptions = ProxyExemptions("192.0.2.0/24")
        #expect(dialable() == whereabouts)
    }

    /// Who is called dials what another one named: when he does tells nothing of what came of it.
    @Test func whoIsCalledTriesEverythingInItsTime() {
        var timing = LinkRace.Timing()
        timing.isSteady = true
        let offer = RelayOffer(port: 7_001, ticket: [1])
        for fails in [true, false] {
            var race = LinkRace(endpoints: [], canAsk: false, timing: timing, now: 0)
            race.learned(Whereabouts(endpoints: [endpoint(1), endpoint(2)], relay: offer), now: 0)
            var actions: [Int64: [LinkRace.Action]] = [:]
            for time in stride(from: Int64(0), through: 2_000, by: 50) {
                let step = race.step(now: time)
                if !step.isEmpty { actions[time] = step }
                if case .dial(let number, .direct)? = step.first, fails { race.failed(number, now: time + 10) }
            }
            let expected: [Int64: [LinkRace.Action]] = [
                0: [.dial(1, .direct(endpoint(1)))], 250: [.dial(2, .direct(endpoint(2)))],
                1_000: [.dial(3, .relay(offer))],
            ]
            #expect(actions == expected)
        }
    }

    @Test func aFailureHastensTheQuestion() {
        var race = LinkRace(endpoints: [endpoint(1)], canAsk: true, now: 0)
        _ = race.step(now: 0)
        race.failed(1, now: 20)
        #expect(race.step(now: 20) == [.ask])
        race.unanswered(isFinal: false)
        #expect(!race.isOver(now: 30))
        #expect(race.step(now: 1_300) == [.ask])
        race.unanswered(isFinal: true)
        #expect(race.isOver(now: 1_301))
    }

    @Test func theRelayComesLast() {
        let offer = RelayOffer(port: 7_001, ticket: [1])
        var race = LinkRace(endpoints: [endpoint(1)], canAsk: true, now: 0)
        _ = race.step(now: 0)
        _ = race.step(now: 300)
        race.learned(Whereabouts(endpoints: [], relay: offer), now: 400)
        #expect(race.step(now: 1_399).allSatisfy { $0 == .ask })
        #expect(race.step(now: 1_400).contains(.dial(2, .relay(offer))))
        // The directory's next answer brings no second one.
        race.learned(Whereabouts(endpoints: [], relay: offer), now: 1_500)
        #expect(!race.step(now: 4_000).contains { if case .dial(_, .relay) = $0 { true } else { false } })
    }

    @Test func theRelayNeedNotWaitForWhatIsOver() {
        let offer = RelayOffer(port: 7_001, ticket: [1])
        var race = LinkRace(endpoints: [endpoint(1)], canAsk: true, now: 0)
        _ = race.step(now: 0)
        race.failed(1, now: 10)
        _ = race.step(now: 10)
        race.learned(Whereabouts(endpoints: [endpoint(1)], relay: offer), now: 60)
        #expect(race.step(now: 60) == [.dial(2, .relay(offer))])
    }

    @Test func itEnds() {
        var race = LinkRace(endpoints: [endpoint(1)], canAsk: true, now: 5)
        _ = race.step(now: 5)
        #expect(!race.isOver(now: 10_004))
        #expect(race.isOver(now: 10_005))
        #expect(race.step(now: 10_005) == [])
    }

    /// Each pair of NATs, with latencies, losses and calls that come late, all by seeds.
    @Test(arguments: NATKind.allCases, NATKind.allCases)
    func twoBehindNATsComeTogether(_ asking: NATKind, _ called: NATKind) {
        var seeds = SeededRandom.fresh()
        let needsRelay = asking.filters && called.filters && (asking.mapsAnew || called.mapsAnew)
        var times: [Int64] = []
        for _ in 0..<250 {
            let seed = seeds.next()
            var meeting = SimulatedMeeting(asking, called, SeededRandom(seed: seed))
            let outcome = meeting.run()
            // One in some ten thousand: all calls were lost, and he never heard that he was to come.
            if outcome.path == nil, !outcome.wasCalled { continue }
            #expect((outcome.path == .relay) == needsRelay, "\(outcome), seed \(seed)")
            #expect(outcome.time <= 5_000, "\(outcome), seed \(seed)")
            times.append(outcome.time)
        }
        #expect(times.sorted()[times.count * 95 / 100] <= (needsRelay ? 3_000 : 2_000), "seed \(seeds.seed)")
    }
}
