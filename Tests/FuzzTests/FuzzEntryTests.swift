import FoundationEssentials
import FuzzEntries
import TestKit
import Testing

@Suite struct FuzzEntryTests {
    private static let corpus =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fuzz/corpus"

    /// What once crashed an entry is kept there, beside seeds.
    @Test(arguments: FuzzEntry.allCases) func takesItsCorpus(entry: FuzzEntry) throws {
        let folder = "\(Self.corpus)/\(entry.rawValue)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        for name in names { entry.run(Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))) }
    }

    @Test(arguments: FuzzEntry.allCases) func takesRandomBytesAndChangedCorpus(entry: FuzzEntry) throws {
        var random = SeededRandom.fresh()
        let folder = "\(Self.corpus)/\(entry.rawValue)"
        let seeds = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            Array(try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
        }
        // A trap ends the process: the seed must be on record before.
        print("fuzz entry \(entry.rawValue), BITTRICKLE_TEST_SEED=\(random.seed)")
        for _ in 0..<Scale.count(5_000) {
            entry.run(random.bytes(Int.random(in: 0...1_300, using: &random)))
            guard var seed = seeds.randomElement(using: &random), !seed.isEmpty else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                seed[Int.random(in: seed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            entry.run(seed)
        }
    }
}
