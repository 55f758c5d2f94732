import Relay
import Testing

/// How much a caller may have carried, on virtual time.
struct RelayAllowanceTests {
    private static let day: Int64 = 86_400_000

    @Test func withoutLimitsNothingWaits() {
        var allowance = RelayAllowance(rate: nil, quota: nil, now: 0)
        for _ in 0..<10 {
            let wait = allowance.take(1 << 40, now: 0)
            #expect(wait == 0)
        }
        let isUsedUp = allowance.isUsedUp(now: 0)
        let isFresh = allowance.isFresh(now: 0)
        #expect(!isUsedUp && isFresh)
    }

    /// Who waits as he is told has the rate, whatever his portions.
    @Test(arguments: [1_000, 64 << 10, 1 << 20]) func theRateIsKept(portion: Int) {
        let rate = 1_000_000
        var allowance = RelayAllowance(rate: rate, quota: nil, now: 0)
        var now: Int64 = 0
        var passed = 0
        while now < 100_000 {
            passed += portion
            now += allowance.take(portion, now: now)
        }
        #expect(passed >= rate * 100)
        #expect(passed <= rate * 100 + rate / 4 + 2 * portion)
    }

    @Test func quietTimeIsMadeUpForInPart() {
        var allowance = RelayAllowance(rate: 1_000_000, quota: nil, now: 0)
        #expect(allowance.take(250_000, now: 0) == 0)
        #expect(allowance.take(1_000, now: 0) == 1)
        #expect(allowance.take(250_000, now: 3_600_000) == 0)
        #expect(allowance.take(1_000_000, now: 3_600_000) == 1_000)
    }

    @Test func aDayHasItsQuota() {
        var allowance = RelayAllowance(rate: nil, quota: 1_000, now: 5)
        _ = allowance.take(999, now: 6)
        #expect(allowance.isUsedUp(now: 6) == false)
        _ = allowance.take(1, now: 7)
        #expect(allowance.isUsedUp(now: 7) == true)
        #expect(allowance.isUsedUp(now: Self.day + 4) == true)
        #expect(allowance.isFresh(now: Self.day + 4) == false)
        #expect(allowance.isUsedUp(now: Self.day + 5) == false)
        #expect(allowance.isFresh(now: Self.day + 5) == true)
    }

    @Test func debtIsRemembered() {
        var allowance = RelayAllowance(rate: 1_000, quota: nil, now: 0)
        _ = allowance.take(1 << 20, now: 0)
        #expect(allowance.isFresh(now: 1_000) == false)
        #expect(allowance.isFresh(now: 2_000_000) == true)
    }
}
