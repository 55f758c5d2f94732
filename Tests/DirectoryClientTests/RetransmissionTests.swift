import DirectoryClient
import Testing

struct RetransmissionTests {
    /// The waits between sendings until `end`.
    private func waits(first: Int64, slowest: Int64, until end: Int64, jitter: Double) -> [Int64] {
        var retransmission = Retransmission(now: 0, first: first, slowest: slowest, jitter: jitter)
        var waits: [Int64] = []
        var now: Int64 = 0
        while now < end {
            retransmission.sent(now: now)
            waits.append(retransmission.nextAt - now)
            now = retransmission.nextAt
        }
        #expect(retransmission.sends == waits.count)
        return waits
    }

    @Test func isEagerForFiveSecondsThenBacksOff() {
        let waits = waits(first: 100, slowest: 2_000, until: 60_000, jitter: 0.5)
        #expect(waits.prefix(3) == [100, 200, 250])
        var elapsed: Int64 = 0
        for wait in waits {
            if elapsed < 5_000 { #expect(wait <= 250) }
            elapsed += wait
        }
        let late = waits.drop { $0 <= 250 }
        #expect(late.prefix(3) == [500, 1_000, 2_000])
        #expect(late.dropFirst(3).allSatisfy { $0 == 2_000 })
    }

    @Test(arguments: [0.0, 0.25, 1.0, -3, 7]) func stretchesByAtMostATenth(jitter: Double) {
        for wait in waits(first: 400, slowest: 1_000, until: 4_000, jitter: jitter) {
            #expect((225...275).contains(wait))
        }
    }

    @Test func postponesTheNextSending() {
        var retransmission = Retransmission(now: 10, first: 100, jitter: 0.5)
        #expect(retransmission.isDue(10))
        retransmission.postpone(to: 500)
        #expect(!retransmission.isDue(499))
        #expect(retransmission.isDue(500))
    }

    @Test func estimatesTheRoundTripAsRFC6298() {
        var roundTrip = RoundTrip()
        #expect(roundTrip.timeout == 250)
        roundTrip.measured(200)
        // SRTT = 200, RTTVAR = 100.
        #expect(roundTrip.timeout == 600)
        roundTrip.measured(200)
        // RTTVAR = 75.
        #expect(roundTrip.timeout == 500)
        for _ in 0..<100 { roundTrip.measured(1) }
        #expect(roundTrip.timeout == RoundTrip.floor)
        roundTrip.measured(.max)
        roundTrip.measured(.min)
        #expect(roundTrip.timeout < 100_000)
    }
}
