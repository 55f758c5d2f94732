import Glibc
import TestKit
import Transfer

/// Large and many swarms on virtual time, for `make bench-simulation`. A process runs one scenario, so that its memory
/// can be told from outside.
@main struct SimulationBench {
    private static let usage = """
        simulation-bench swarm LEECHERS PIECES SEED   one seeder and so many leechers with equal lines: how far the median,
                                                      95 % and the last are above the lower bound
        simulation-bench random COUNT SEED            so many swarms at random: what should not have happened, a line each
        """

    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.dropFirst().compactMap { UInt64($0) }
        switch (words.first, numbers.count) {
        case ("swarm", 3): try swarm(leechers: Int(numbers[0]), pieces: Int(numbers[1]), seed: numbers[2])
        case ("random", 2): try random(count: Int(numbers[0]), seed: numbers[1])
        default:
            print(usage)
            exit(2)
        }
    }

    private static func swarm(leechers: Int, pieces: Int, seed: UInt64) throws {
        var swarm = try LargeSwarm(leechers: leechers, pieces: pieces, seed: seed)
        guard swarm.run() else {
            print("not all have it")
            exit(1)
        }
        print(swarm.ratio(of: 0.5), swarm.ratio(of: 0.95), swarm.ratio(of: 1))
    }

    private static func random(count: Int, seed: UInt64) throws {
        var seeds = SeededRandom(seed: seed)
        for _ in 0..<count {
            var scenario = try RandomScenario(seed: seeds.next())
            for fault in scenario.faults() { print(fault) }
        }
    }
}
