import Directory
import TestKit
import Testing
import Wire

@Suite struct PublicationRunsTests {
    /// Of a million members most have one run, in the place; a device of theirs counts on it.
    @Test func takesNoMoreThanIsSaid() {
        #expect(MemoryLayout<PublicationRuns>.size <= 11)
        #expect(MemoryLayout<OnlineDevice>.size <= 132)
    }

    /// What one run in the place holds, and what just goes beyond it.
    @Test(arguments: [Int64(1), 65_535, 65_536, 70_000]) func aRunMayBeOfAnyLength(count: Int64) {
        var runs = PublicationRuns()
        let ids = (0..<count).map { PublicationID(rawValue: 9 + $0) }
        runs.formUnion(ids)
        #expect(Array(runs) == ids)
        #expect(runs.contains(ids[0]) && runs.contains(ids[ids.count - 1]))
        #expect(!runs.contains(PublicationID(rawValue: 8)) && !runs.contains(PublicationID(rawValue: 9 + count)))
        runs.subtract(ids.dropFirst())
        #expect(Array(runs) == [ids[0]])
    }

    /// Compared with a set of the library's: batches that continue what is there, and such as fall into it.
    @Test(arguments: [Int64(40), 1_000, 1 << 40]) func holdsWhatASetHolds(span: Int64) {
        var random = SeededRandom.fresh()
        let seed = random.seed
        var runs = PublicationRuns()
        var model: Set<PublicationID> = []
        for _ in 0..<1_500 {
            let start = Int64.random(in: 1...span, using: &random)
            let step = Int64.random(in: 1...3, using: &random)
            let batch = (0..<Int64.random(in: 0...9, using: &random)).map {
                PublicationID(rawValue: start + $0 * step)
            }.shuffled(using: &random)
            if Int.random(in: 0..<5, using: &random) < 3 {
                runs.formUnion(batch)
                model.formUnion(batch)
            } else {
                let known = model.shuffled(using: &random).prefix(4)
                runs.subtract(batch + known)
                model.subtract(batch + known)
            }
            #expect(batch.allSatisfy { runs.contains($0) == model.contains($0) }, "seed \(seed)")
        }
        #expect(Array(runs) == model.sorted(), "seed \(seed)")
        runs.subtract(model)
        #expect(Array(runs).isEmpty)
    }
}
