import Content
import Glibc
package import Transfer

/// One who has all, and many who want it, with equal lines, all from the beginning: how near they come to what is possible.
package struct LargeSwarm {
    /// Of each line, in bytes a second, both ways.
    private static let rate = 1_000_000.0
    private static let blockLength = 16 << 10

    package private(set) var simulator: SwarmSimulator
    private let leechers: Int

    /// - Parameter pieces: Of a block each.
    package init(leechers: Int, pieces: Int, limits: DownloadLimits = DownloadLimits(), seed: UInt64) throws {
        self.leechers = leechers
        var random = SeededRandom(seed: seed)
        let content = try SimulatedContent(
            size: pieces * Self.blockLength, pieceLength: Self.blockLength, using: &random)
        var peers = [try SimulatedPeer("seeder", uplink: Self.rate, downlink: Self.rate)]
        for number in 0..<leechers {
            peers.append(
                try SimulatedPeer("leecher\(number)", holding: .nothing, uplink: Self.rate, downlink: Self.rate))
        }
        // With those that others dial, each has about 50.
        for number in peers.indices { peers[number].links = 26 }
        simulator = SwarmSimulator(content, peers, limits: limits, seed: random.next())
        simulator.tick = .milliseconds(200)
        simulator.resolution = .milliseconds(4)
    }

    /// False where not all had all within ten minutes of virtual time.
    package mutating func run() -> Bool { simulator.run() && simulator.nodes.allSatisfy(\.isWhole) }

    /// When this share of the leechers was done, as a multiple of the time below which nobody can be: that of one copy,
    /// and of as many steps as it takes until a piece that doubles with each is everywhere.
    package func ratio(of share: Double) -> Double {
        let times = simulator.nodes.compactMap(\.finishedAt).sorted()
        guard !times.isEmpty else { return .infinity }
        let time = times[min(times.count - 1, Int(Double(times.count) * share))]
        let steps = Double(simulator.content.geometry.pieceCount) + log2(Double(leechers))
        return time / .seconds(steps * Double(Self.blockLength) / Self.rate)
    }
}
