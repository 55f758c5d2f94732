import Directory
import TestKit
import Testing

@Suite struct PlaceIndexTests {
    /// Compared with a dictionary, with hashes that are often the same and often beside one another.
    @Test(arguments: [1, 7, 64, 4_096]) func holdsWhatADictionaryHolds(hashes: Int) {
        var random = SeededRandom.fresh()
        let seed = random.seed
        var index = PlaceIndex()
        var model: [Int: Int32] = [:]
        var keys: [Int32: Int] = [:]
        // Over all that there are: what stands last goes on at the beginning.
        func hash(_ key: Int) -> Int { Int(bitPattern: UInt(key % hashes + 1) * (.max / UInt(hashes))) }
        func find(_ key: Int) -> Int32? { index.place(hash: hash(key)) { keys[$0] == key } }
        var fresh: Int32 = 0
        for step in 0..<Scale.count(20_000) {
            let key = Int.random(in: 0..<300, using: &random)
            #expect(find(key) == model[key], "seed \(seed), step \(step)")
            fresh += 1
            switch (model[key], Int.random(in: 0..<4, using: &random)) {
            case (nil, _):
                keys[fresh] = key
                index.insert(fresh, hash: hash(key)) { hash(keys[$0] ?? 0) }
                model[key] = fresh
            case (let place?, 0):
                keys[fresh] = key
                index.replace(place, by: fresh, hash: hash(key))
                keys[place] = nil
                model[key] = fresh
            case (let place?, _):
                index.remove(place, hash: hash(key)) { hash(keys[$0] ?? 0) }
                keys[place] = nil
                model[key] = nil
            }
            #expect(index.count == model.count, "seed \(seed), step \(step)")
        }
        for key in 0..<300 { #expect(find(key) == model[key], "seed \(seed)") }
    }
}
