import Directory
import TestKit
import Testing
import Wire

@Suite struct GuessLimitsTests {
    var limits = GuessLimits()
    let hans: UserName
    let vader: UserName

    init() throws {
        hans = try Sample.user("hans")
        vader = try Sample.user("vader")
    }

    /// One host in a network of its own, or one of a network's.
    static func origin(_ network: Int, host: UInt8 = 1) -> Origin {
        Origin(address: [10, UInt8(network >> 8 & 0xFF), UInt8(network & 0xFF), host], port: 4_000)
    }

    mutating func admit(
        _ user: UserName, _ network: Int, host: UInt8 = 1, session: UInt64 = 1, now: Int64
    ) -> GuessLimits.Admission {
        limits.admit(
            user: user, from: Self.origin(network, host: host), session: SessionID(rawValue: session), now: now)
    }

    /// Nil where the guess was let through, and then it was wrong.
    mutating func guess(
        _ user: UserName, _ network: Int, host: UInt8 = 1, session: UInt64 = 1, now: Int64
    ) -> Int64? {
        settle(admit(user, network, host: host, session: session, now: now), .wrong, now: now)
    }

    /// Nil where the right password is let through.
    mutating func delay(
        _ user: UserName, _ network: Int, host: UInt8 = 1, session: UInt64 = 1, now: Int64
    ) -> Int64? {
        settle(admit(user, network, host: host, session: session, now: now), .right, now: now)
    }

    private mutating func settle(
        _ admission: GuessLimits.Admission, _ verdict: GuessLimits.Outcome, now: Int64
    ) -> Int64? {
        switch admission {
        case .slowDown(let delay): return delay
        case .busy:
            Issue.record("nothing is under way")
            return nil
        case .admitted(let attempt):
            limits.settle(attempt, verdict, now: now)
            return nil
        }
    }

    @Test mutating func eachFurtherFailureDoublesTheDelay() {
        for _ in 0..<5 { #expect(guess(hans, 1, now: 0) == nil) }
        var now: Int64 = 0
        for wanted: Int64 in [1_000, 2_000, 4_000, 8_000, 16_000] {
            #expect(delay(hans, 1, now: now) == wanted)
            #expect(delay(hans, 1, now: now + wanted - 1) == 1)
            now += wanted
            #expect(guess(hans, 1, now: now) == nil)
        }
    }

    @Test mutating func aBurstOfGuessesIsNoWayRoundTheFreeOnes() {
        var attempts: [GuessLimits.Attempt] = []
        for number in 0..<70 {
            switch admit(hans, 1, session: UInt64(number), now: 0) {
            case .admitted(let attempt): attempts.append(attempt)
            case .busy: #expect(number >= 5)
            case .slowDown: Issue.record("nobody has failed yet")
            }
        }
        #expect(attempts.count == 5)
        #expect(delay(vader, 1, now: 0) == nil, "others of the network go on")
        for attempt in attempts { limits.settle(attempt, .wrong, now: 60) }
        #expect(delay(hans, 1, now: 60) == 1_000)
    }

    @Test mutating func rightPasswordsOfManyAtOnceCountForNothing() throws {
        var attempts: [GuessLimits.Attempt] = []
        for number in 0..<200 {
            guard case .admitted(let attempt) = admit(try Sample.user("user\(number)"), 1, now: 0) else {
                Issue.record("user \(number) was not let through")
                continue
            }
            attempts.append(attempt)
        }
        for attempt in attempts { limits.settle(attempt, .right, now: 50) }
        #expect(delay(hans, 1, now: 50) == nil)
    }

    /// What one host failed at costs the others of its network a short wait before each guess, and no more; however
    /// it goes on, a wait that has begun ends when it was said to.
    @Test mutating func aFloodFromANetworkMakesItsOthersWaitLittleAndOnce() throws {
        for number in 0..<300 {
            let user = try Sample.user("user\(number)")
            _ = guess(user, 1, session: UInt64(1_000 + number), now: 0)
            _ = guess(user, 1, session: UInt64(1_000 + number), now: 20_000)
        }
        let first = delay(hans, 1, host: 2, session: 2, now: 21_000)
        #expect(first == 20_000)
        for second: Int64 in 21..<41 {
            _ = guess(try Sample.user("other\(second)"), 1, session: 7, now: second * 1_000)
            #expect(delay(hans, 1, host: 2, session: 2, now: second * 1_000) == 41_000 - second * 1_000)
        }
        #expect(delay(hans, 1, host: 2, session: 2, now: 41_000) == nil)
        #expect(delay(hans, 2, session: 3, now: 41_000) == nil, "other networks do not wait")
        // One wait is good for one guess.
        #expect(delay(hans, 1, host: 2, session: 2, now: 41_000) != nil)
    }

    @Test mutating func theWaitGrowsWithTheFailuresOfTheNetwork() throws {
        for number in 0..<20 { #expect(guess(try Sample.user("user\(number)"), 1, now: 0) == nil) }
        #expect(delay(hans, 1, session: 2, now: 0) == 1_000)
        #expect(guess(vader, 1, now: 0) == 1_000)
        #expect(guess(vader, 1, now: 1_000) == nil)
        #expect(delay(hans, 1, session: 3, now: 1_000) == 2_000)
    }

    @Test mutating func aWaitThatLedToNoLookIsNotForNothing() throws {
        for number in 0..<20 { _ = guess(try Sample.user("user\(number)"), 1, now: 0) }
        #expect(delay(hans, 1, now: 0) == 1_000)
        guard case .admitted(let attempt) = admit(hans, 1, now: 1_000) else {
            Issue.record("the wait was over")
            return
        }
        limits.settle(attempt, .unchecked, now: 1_100)
        #expect(delay(hans, 1, now: 1_600) == nil)
    }

    @Test mutating func theRightUserIsLetInFromElsewhereHoweverManyGuess() {
        for number in 0..<10_000 { _ = guess(hans, number, now: Int64(number)) }
        #expect(delay(hans, 20_000, now: 10_000) == nil)
        #expect(delay(hans, 1, host: 2, now: 10_000) == nil, "nor from another host of a network that failed")
        #expect(delay(vader, 20_000, now: 10_000) == nil)
    }

    @Test mutating func manyAddressesThatGuessAtOneUserWaitEach() {
        for number in 0..<100 { #expect(guess(hans, number, now: 0) == nil) }
        #expect(delay(hans, 3, now: 0) == 60_000)
        #expect(delay(vader, 3, now: 0) == nil, "one failure in the network, and none at that user")
    }

    @Test mutating func whoMistypedOnceUnderAttackWaitsAMinuteAtMost() {
        for number in 0..<100 { _ = guess(hans, number, now: 0) }
        #expect(guess(hans, 500, now: 0) == nil)
        for second: Int64 in 1...59 {
            _ = guess(hans, Int(second), now: second * 1_000)
            #expect((delay(hans, 500, now: second * 1_000) ?? 0) <= 60_000 - second * 1_000)
        }
        #expect(delay(hans, 500, now: 60_000) == nil)
    }

    @Test mutating func underSuspicionThereIsOneGuessAtATime() {
        for _ in 0..<5 { _ = guess(hans, 1, now: 0) }
        guard case .admitted(let attempt) = admit(hans, 1, now: 1_000) else {
            Issue.record("the delay was over")
            return
        }
        #expect(admit(hans, 1, session: 2, now: 1_000) == .busy)
        limits.settle(attempt, .right, now: 1_100)
        #expect(delay(hans, 1, now: 1_100) == nil, "what was right counts for no failure")
    }

    @Test mutating func failuresAreForgotten() {
        for _ in 0..<5 { _ = guess(hans, 1, now: 0) }
        #expect(delay(hans, 1, now: 999) != nil)
        let later: Int64 = 10 * 60_000
        for _ in 0..<3 { #expect(guess(hans, 1, now: later) == nil) }
        #expect(delay(hans, 1, now: later) == 1_000)
    }

    @Test mutating func theTablesAreBounded() {
        var settings = GuessLimits.Settings()
        settings.capacity = 100
        limits = GuessLimits(settings: settings)
        for _ in 0..<5 { _ = guess(hans, 40_000, now: 0) }
        for number in 0..<49 { _ = guess(vader, number, now: 0) }
        #expect(delay(hans, 40_000, now: 0) != nil, "the last hundred are remembered")
        for number in 0..<200 { _ = guess(vader, number, now: 0) }
        #expect(delay(hans, 40_000, now: 0) == nil)
    }

    @Test func aPrefixIsWhatOneHouseholdHas() {
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 200]
        #expect(AddressPrefix(of: [192, 0, 2, 7]) == AddressPrefix(of: mapped))
        #expect(AddressPrefix(of: [192, 0, 2, 7]) != AddressPrefix(of: [192, 0, 3, 7]))
        var one: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 1, 0] + Array(repeating: 0, count: 8)
        let home = AddressPrefix(of: one)
        one[7] = 0xFF
        #expect(AddressPrefix(of: one) == home)
        one[6] = 2
        #expect(AddressPrefix(of: one) != home)
    }
}
