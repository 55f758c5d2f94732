import TestKit
import Testing
import Wire

@Suite struct ReplayWindowTests {
    @Test func agreesWithASetThatForgetsNothing() {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(200) {
            var window = ReplayWindow()
            var seen: Set<UInt64> = [0]
            var highest: UInt64 = 0
            for _ in 0..<5_000 {
                let reach = random.next() % 5 == 0 ? 3 * ReplayWindow.width : 70
                let jump = UInt64.random(in: 0...reach, using: &random)
                let counter = Bool.random(using: &random) ? highest + jump % 90 : highest - min(highest, jump)
                let isFresh = !seen.contains(counter) && (counter > highest || highest - counter < ReplayWindow.width)
                #expect(window.isFresh(counter) == isFresh, "seed \(random.seed)")
                window.record(counter)
                if isFresh {
                    seen.insert(counter)
                    highest = max(highest, counter)
                }
                #expect(window.highest == highest)
            }
        }
    }

    @Test func theServersNarrowerOneAgreesToo() {
        var random = SeededRandom.fresh()
        var window = ServerReplayWindow()
        var seen: Set<UInt64> = [0]
        var highest: UInt64 = 0
        for _ in 0..<Scale.count(100_000) {
            let counter = highest + 40 - min(highest + 40, UInt64.random(in: 0...400, using: &random))
            let isFresh =
                !seen.contains(counter) && (counter > highest || highest - counter < ServerReplayWindow.width)
            #expect(window.isFresh(counter) == isFresh, "seed \(random.seed)")
            window.record(counter)
            if isFresh {
                seen.insert(counter)
                highest = max(highest, counter)
            }
        }
    }

    /// A client has 32 requests on their way at most.
    @Test func theServersIsWideEnoughForARestlessClient() { #expect(ServerReplayWindow.width >= 8 * 32) }

    @Test func leapsOfAnyLengthForgetTheOld() {
        for leap: UInt64 in [1, 63, 64, 65, 2_047, 2_048, 2_049, 2_112, 1 << 40, .max - 5] {
            var window = ReplayWindow()
            for counter in 1...5 as ClosedRange<UInt64> { window.record(counter) }
            window.record(5 + leap)
            #expect(!window.isFresh(5 + leap))
            #expect(!window.isFresh(5))
            #expect(window.isFresh(4 + leap) == (leap > 1))
            #expect(!window.isFresh(0))
        }
    }

    @Test func isWideEnoughForAWindowOfPages() { #expect(ReplayWindow.width >= 1_024) }
}
