import Testing
import Transfer

struct RateTests {
    @Test("No limit lets everything pass at once")
    func unlimited() {
        var schedule = RateSchedule()
        #expect(schedule.reserve(1 << 30, at: .seconds(1)) == .seconds(1))
        #expect(schedule.portion == .max)
    }

    @Test("A second lets pass what the rate says, however many ask", arguments: [1, 10])
    func kept(claimants: Int) {
        var schedule = RateSchedule(rate: 1_000_000)
        var next = [Duration](repeating: .zero, count: claimants)
        var passed = [Int](repeating: 0, count: claimants)
        while let claimant = next.indices.min(by: { next[$0] < next[$1] }), next[claimant] < .seconds(10) {
            let moment = schedule.reserve(16_384, at: next[claimant])
            if moment < .seconds(10) { passed[claimant] += 16_384 }
            next[claimant] = moment + .microseconds(50)
        }
        let sum = passed.reduce(0, +)
        #expect(abs(sum - 10_000_000) < 300_000, "\(sum)")
        for one in passed { #expect(abs(one * claimants - 10_000_000) < 500_000, "\(passed)") }
    }

    @Test("Who wakes late loses nothing of it, who comes after a pause does not get it all")
    func late() {
        var schedule = RateSchedule(rate: 1_000_000)
        var now = Duration.zero
        var passed = 0
        while now < .seconds(10) {
            now = schedule.reserve(16_384, at: now) + .milliseconds(2)
            passed += 16_384
        }
        #expect(abs(passed - 10_000_000) < 300_000, "\(passed)")
        let paused = now + .seconds(60)
        var burst = 0
        while schedule.reserve(16_384, at: paused) == paused { burst += 16_384 }
        #expect(burst < 200_000)
    }

    @Test("A change is felt by whoever asks next")
    func changed() {
        var schedule = RateSchedule(rate: 100_000)
        _ = schedule.reserve(16_384, at: .zero)
        schedule.change(to: nil)
        #expect(schedule.reserve(1 << 20, at: .milliseconds(1)) == .milliseconds(1))
        schedule.change(to: 0)
        #expect(schedule.rate == 1)
    }
}
