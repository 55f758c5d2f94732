import Directory
import TestKit
import Testing

@Suite struct NumberColumnTests {
    /// Compared with an array: numbers that stay near the first, and such as leave it by a little, or by all there is.
    @Test(arguments: [Int64(0), 1 << 30, 1 << 31, 1 << 33, .max]) func holdsWhatAnArrayHolds(spread: Int64) {
        var random = SeededRandom.fresh()
        let seed = random.seed
        for first in [Int64(0), 7, -1, .min, .max, Int64.random(in: .min ... .max, using: &random)] {
            var column = NumberColumn()
            var model: [Int64] = []
            #expect(column.lastPlace(of: 0) == nil)
            // For a while all are the same.
            let same = Int.random(in: 1...200, using: &random)
            for count in 0..<600 {
                let number = count < same ? first : first &+ Int64.random(in: -spread...spread, using: &random)
                column.append(number)
                model.append(number)
                #expect(column.count == model.count && column[count] == number, "seed \(seed)")
            }
            #expect(model.indices.allSatisfy { column[$0] == model[$0] }, "seed \(seed)")
            column.withView { view in
                #expect(model.indices.allSatisfy { view[$0] == model[$0] }, "seed \(seed)")
            }
            for number in model.prefix(50) + [first &+ 1, first &- 1, .min, .max] {
                #expect(column.lastPlace(of: number) == model.lastIndex(of: number), "seed \(seed)")
            }
        }
    }
}
