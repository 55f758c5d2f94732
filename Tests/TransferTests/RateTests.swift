import TestKit
import Testing
import Transfer

struct RateTests {
    @Test("No limit lets everything pass at once")
    func unlimited() {
        var schedule = RateSchedule()
        #expect(schedule.pass(1 << 30, at: .seconds(1)) == .seconds(1))
        #expect(schedule.portion == .max)
    }

    @Test("A second lets pass what the rate says, however many ask", arguments: [1, 10])
    func kept(claimants: Int) {
        var schedule = RateSchedule(rate: 1_000_000)
        var next = [Duration](repeating: .zero, count: claimants)
        var passed = [Int](repeating: 0, count: claimants)
        while let claimant = next.indices.min(by: { next[$0] < next[$1] }), next[claimant] < .seconds(10) {
            let moment = schedule.pass(16_384, at: next[claimant])
            if moment < .seconds(10) { passed[claimant] += 16_384 }
            next[claimant] = moment + .microseconds(50)
        }
        let sum = passed.reduce(0, +)
        #expect(abs(sum - 10_000_000) < 300_000, "\(sum)")
        for one in passed { #expect(abs(one * claimants - 10_000_000) < 500_000, "\(passed)") }
    }

    @Test(
        "Of ten who want all, each gets his tenth over any ten seconds, whatever the rate",
        arguments: [
            100_000, 1_000_000, 10_000_000, 80_000_000,
        ])
    func equalShares(rate: Int) {
        var random = SeededRandom.fresh()
        var schedule = RateSchedule(rate: rate)
        let count = 10
        var next = (0..<count).map { _ in Duration.microseconds(Int.random(in: 0...100_000, using: &random)) }
        var passed = [[(at: Duration, bytes: Int)]](repeating: [], count: count)
        while let one = next.indices.min(by: { next[$0] < next[$1] }), next[one] < .seconds(60) {
            // A writer passes whole blocks, as many as a portion takes.
            let bytes = (schedule.portion + 16_383) / 16_384 * 16_384
            let moment = schedule.pass(bytes, at: next[one])
            passed[one].append((moment, bytes))
            next[one] = moment + .microseconds(Int.random(in: 50...3_000, using: &random))
        }
        for start in 1...45 {
            let window = Duration.seconds(start)..<Duration.seconds(start + 10)
            let sums = passed.map { $0.filter { window.contains($0.at) }.reduce(0) { $0 + $1.bytes } }
            let all = sums.reduce(0, +)
            #expect(abs(all - rate * 10) <= rate * 3 / 10, "\(all) at \(rate), seed \(random.seed)")
            let share = all / count
            for sum in sums { #expect(abs(sum - share) * 5 <= share, "\(sums) at \(rate), seed \(random.seed)") }
        }
    }

    @Test("When the rate changes, who waits and who comes next do so as long as at the new one")
    func rescaled() {
        var schedule = RateSchedule(rate: 10_000)
        for _ in 0..<9 { _ = schedule.pass(16_384, at: .zero) }
        let last = schedule.take(16_384, at: .zero)
        #expect(schedule.wait(for: last, at: .zero) > .seconds(14))
        schedule.change(to: 1_000_000, at: .zero)
        #expect(schedule.wait(for: last, at: .zero) < .milliseconds(150))
        #expect(schedule.pass(16_384, at: .zero) < .milliseconds(170))
        schedule.change(to: 20_000, at: .milliseconds(100))
        #expect(schedule.wait(for: last, at: .milliseconds(100)) > .seconds(2))
    }

    @Test("Who sleeps by a low rate wakes soon when it is lifted", .timeLimit(.minutes(5)))
    func woken() async {
        let clock = ManualClock()
        let limiter = RateLimiter(rate: 4_096, clock: clock)
        await limiter.pass(1 << 20)
        await withDiscardingTaskGroup { group in
            group.addTask { await limiter.pass(16_384) }
            await clock.waitForSleeper()
            limiter.rate = nil
            clock.advance(by: .milliseconds(200))
        }
        #expect(clock.now.offset == .milliseconds(200))
    }

    @Test("Who wakes late loses nothing of it, who comes after a pause does not get it all")
    func late() {
        var schedule = RateSchedule(rate: 1_000_000)
        var now = Duration.zero
        var passed = 0
        while now < .seconds(10) {
            now = schedule.pass(16_384, at: now) + .milliseconds(2)
            passed += 16_384
        }
        #expect(abs(passed - 10_000_000) < 300_000, "\(passed)")
        let paused = now + .seconds(60)
        var burst = 0
        while schedule.pass(16_384, at: paused) == paused { burst += 16_384 }
        #expect(burst < 200_000)
    }

    @Test("A change is felt by whoever asks next")
    func changed() {
        var schedule = RateSchedule(rate: 100_000)
        _ = schedule.pass(16_384, at: .zero)
        schedule.change(to: nil, at: .zero)
        #expect(schedule.pass(1 << 20, at: .milliseconds(1)) == .milliseconds(1))
        schedule.change(to: 0, at: .zero)
        #expect(schedule.rate == 1)
    }
}

extension RateSchedule {
    /// The moment at which so many bytes may pass.
    fileprivate mutating func pass(_ bytes: Int, at now: Duration) -> Duration {
        let place = take(bytes, at: now)
        return now + wait(for: place, at: now)
    }
}
