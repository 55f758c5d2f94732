import Connectivity
import TestKit
import Testing

/// The keeper under thousands of schedules: routers that lose, forget, restart, cut lifetimes, and give way to others.
@Suite struct MappingScheduleTests {
    @Test func oneMappingAtATimeRenewedInTimeAndGoneAtTheEnd() throws {
        var seeds = SeededRandom.fresh()
        var tally = MappingSchedule.Tally()
        for _ in 0..<Scale.count(20_000) {
            let seed = seeds.next()
            var schedule = MappingSchedule(seed: seed)
            schedule.run()
            guard schedule.breaches.isEmpty else {
                Issue.record("seed \(seed): \(schedule.breaches.prefix(3).joined(separator: "; "))")
                return
            }
            tally.add(schedule.tally)
        }
        print("mapping schedules: \(tally)")
        // What is held against the rules did happen.
        #expect(tally.grants > 0 && tally.reboots > 0 && tally.moves > 0 && tally.losses > 0 && tally.removals > 0)
    }

    /// The schedule of one seed, for whoever looks for what a failure was.
    @Test(.enabled(if: MappingSchedule.seedToReplay != nil)) func replay() throws {
        var schedule = MappingSchedule(seed: try #require(MappingSchedule.seedToReplay), isTold: true)
        schedule.run()
        #expect(schedule.breaches.isEmpty)
    }
}
