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

    static func prefix(_ number: Int) -> AddressPrefix {
        AddressPrefix(of: [10, UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF), 1])
    }

    /// Nil where the guess was let through, and then it was wrong.
    mutating func guess(_ user: UserName, _ prefix: Int, now: Int64) -> Int64? {
        switch limits.admit(user: user, from: Self.prefix(prefix), now: now) {
        case .slowDown(let delay): return delay
        case .admitted(let attempt):
            limits.settle(attempt, .wrong, now: now)
            return nil
        }
    }

    mutating func delay(_ user: UserName, _ prefix: Int, now: Int64) -> Int64? {
        guard case .slowDown(let delay) = limits.admit(user: user, from: Self.prefix(prefix), now: now) else {
            return nil
        }
        return delay
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

    @Test mutating func anAddressThatGuessesAtManyUsersWaitsToo() throws {
        for number in 0..<5 { #expect(guess(try Sample.user("user\(number)"), 1, now: 0) == nil) }
        #expect(delay(vader, 1, now: 0) == 1_000)
    }

    @Test mutating func theRightUserIsLetInFromElsewhereHoweverManyGuess() {
        for number in 0..<10_000 { _ = guess(hans, number, now: Int64(number)) }
        #expect(delay(hans, 20_000, now: 10_000) == nil)
        #expect(delay(vader, 20_000, now: 10_000) == nil)
    }

    @Test mutating func manyAddressesThatGuessAtOneUserWaitEach() {
        for number in 0..<100 { #expect(guess(hans, number, now: 0) == nil) }
        #expect(delay(hans, 3, now: 0) == 60_000)
        #expect(delay(vader, 3, now: 0) == nil, "one failure at the prefix, and none at that user")
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
        guard case .admitted(let attempt) = limits.admit(user: hans, from: Self.prefix(1), now: 1_000) else {
            Issue.record("the delay was over")
            return
        }
        #expect(delay(hans, 1, now: 1_000) == 2_000)
        limits.settle(attempt, .right, now: 1_100)
        #expect(delay(hans, 1, now: 2_000) == nil, "what was right counts for no failure")
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
