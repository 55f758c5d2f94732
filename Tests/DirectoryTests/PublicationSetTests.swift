import Directory
import TestKit
import Testing
import Wire

@Suite struct PublicationSetTests {
    /// Compared with a set of the library's: ids close together and far apart, also such as no store gives.
    @Test(arguments: [Int64(100), 10_000, 1 << 22, .max]) func holdsWhatASetHolds(span: Int64) {
        var random = SeededRandom.fresh()
        let seed = random.seed
        var set = PublicationSet()
        var model: Set<PublicationID> = []
        for step in 0..<4_000 {
            let id = PublicationID(rawValue: Int64.random(in: -1...span - 1, using: &random))
            // More come than go, then more go.
            if Int.random(in: 0..<10, using: &random) < (step < 2_000 ? 7 : 3) {
                #expect(set.insert(id) == model.insert(id).inserted, "seed \(seed)")
            } else {
                let gone = model.randomElement(using: &random) ?? id
                set.remove(gone)
                model.remove(gone)
                set.remove(id)
                model.remove(id)
            }
            #expect(set.contains(id) == model.contains(id), "seed \(seed)")
        }
        #expect(set.all.sorted() == model.sorted(), "seed \(seed)")
        set.subtract(model)
        #expect(set.all.isEmpty)
        set.formUnion(model)
        #expect(model.allSatisfy(set.contains), "seed \(seed)")
    }
}
