import Directory
import TestKit
import Testing
import Wire

@Suite struct PublicationRunsTests {
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
