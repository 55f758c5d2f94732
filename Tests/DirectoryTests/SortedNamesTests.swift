import Directory
import TestKit
import Testing
import Wire

@Suite struct SortedNamesTests {
    /// Compared with a set of the library's: names of all lengths come and go, so many that parts are cut and vanish.
    @Test func holdsWhatASetHolds() throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        var names = SortedNames()
        var model: Set<UserName> = []
        for round in 0..<6 {
            for _ in 0..<Scale.count(4_000) {
                let name = try Self.name(&random)
                if Int.random(in: 0..<10, using: &random) < (round % 2 == 0 ? 9 : 1) {
                    names.insert(name)
                    model.insert(name)
                } else {
                    let known = model.randomElement(using: &random) ?? name
                    for gone in [name, known] {
                        names.remove(gone)
                        model.remove(gone)
                    }
                }
            }
            #expect(names.count == model.count, "seed \(seed)")
            #expect(Array(names.names) == model.sorted(), "seed \(seed)")
            for _ in 0..<20 {
                let key = Array(try Self.name(&random).bytes.prefix(Int.random(in: 0...16, using: &random)))
                let behind = model.sorted().filter { key.lexicographicallyPrecedes($0.bytes) }
                #expect(Array(names.behind(key)) == behind, "seed \(seed), key \(key)")
            }
        }
        for name in model { names.remove(name) }
        #expect(names.count == 0 && Array(names.names).isEmpty && Array(names.behind([])).isEmpty)
    }

    private static func name(_ random: inout SeededRandom) throws -> UserName {
        let length = Int.random(in: 1...UserName.maximumByteCount, using: &random)
        let letters = (0..<length).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) }
        return try #require(UserName(wire: letters))
    }
}
