import Content
import TestKit
import Testing
import Transfer
import Wire

/// Many peers at once, on virtual time.
struct SwarmScenarioTests {
    private var random = SeededRandom.fresh()

    /// In bytes a second.
    private static let rate = 1_000_000.0

    private func leecher(_ number: Int, uplink: Double = Self.rate) throws -> SimulatedPeer {
        try SimulatedPeer("leecher\(number)", holding: .nothing, uplink: uplink, downlink: Self.rate)
    }

    private func seeder(uplink: Double = Self.rate) throws -> SimulatedPeer {
        try SimulatedPeer("seeder", uplink: uplink, downlink: Self.rate)
    }

    /// When the last of those who wanted it had it, as a multiple of the time that one copy takes.
    private func lastFinish(of swarm: SwarmSimulator, uplink: Double = Self.rate) throws -> Double {
        let last = try #require(swarm.nodes.compactMap(\.finishedAt).max())
        return last / .seconds(Double(swarm.content.bytes.count) / uplink)
    }

    @Test("Eight who begin together are done little later than one alone, and the seeder gives everything once")
    mutating func eight() throws {
        let content = try SimulatedContent(size: 16 << 20, using: &random)
        let peers = try [seeder()] + (0..<8).map { try leecher($0) }
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        #expect(swarm.nodes.allSatisfy { $0.isWhole })
        let ratio = try lastFinish(of: swarm)
        #expect(ratio < 1.20, "seed \(random.seed): \(ratio)")
        #expect(swarm.nodes[0].sentTooEarly == 0, "seed \(random.seed)")
        #expect(Double(swarm.nodes[0].sentBytes) < 1.25 * Double(content.bytes.count), "\(swarm.nodes[0].sentBytes)")
    }

    @Test("A slow seeder is the limit, and nothing else")
    mutating func slowSeeder() throws {
        let content = try SimulatedContent(size: 8 << 20, using: &random)
        let peers = try [seeder(uplink: Self.rate / 5)] + (0..<8).map { try leecher($0) }
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        #expect(swarm.nodes.allSatisfy { $0.isWhole })
        let ratio = try lastFinish(of: swarm, uplink: Self.rate / 5)
        #expect(ratio < 1.15, "seed \(random.seed): \(ratio)")
    }

    @Test("One leecher is not slower for the care that is taken")
    mutating func lone() throws {
        let content = try SimulatedContent(size: 16 << 20, using: &random)
        var swarm = SwarmSimulator(content, try [seeder(), leecher(0)], seed: random.next())
        let isDone = swarm.run()
        #expect(isDone)
        let ratio = try lastFinish(of: swarm)
        #expect(ratio < 1.05, "seed \(random.seed): \(ratio)")
    }

    /// One course in thirty is beyond the bound by a few hundredths, so it is for the middle of five.
    @Test("Who comes late, goes in the middle or lies costs the others little")
    mutating func comingAndGoing() throws {
        let ratios = try (0..<5).map { _ in try lastOfThoseWhoStay() }.sorted()
        // Whoever came at half time has all of it half a time later.
        #expect(ratios[2] < 1.5 * 1.25, "seed \(random.seed): \(ratios)")
        #expect(ratios[4] < 1.5 * 1.4, "seed \(random.seed): \(ratios)")
    }

    private mutating func lastOfThoseWhoStay() throws -> Double {
        let content = try SimulatedContent(size: 16 << 20, using: &random)
        var peers = try [seeder()] + (0..<8).map { try leecher($0) }
        peers[1].joins = .seconds(8)
        peers[2].leaves = .seconds(6)
        peers[3].behaviour = .lies(Set((0..<content.geometry.blockCount).filter { $0.isMultiple(of: 3) }))
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        for (number, node) in swarm.nodes.enumerated() where number != 2 && number != 3 {
            #expect(node.isWhole, "seed \(random.seed): \(number)")
            #expect(Set(node.liars.keys).isSubset(of: [peers[3].name]))
        }
        return try lastFinish(of: swarm)
    }

    @Test("Two halves make a whole, when no one has all")
    mutating func halves() throws {
        let content = try SimulatedContent(size: 4 << 20, using: &random)
        let pieces = Array(content.geometry.pieces)
        var peers = try [leecher(0), leecher(1), leecher(2)]
        peers[0].holding = .pieces(Array(pieces.prefix(pieces.count / 2)))
        peers[1].holding = .pieces(Array(pieces.dropFirst(pieces.count / 2)))
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        #expect(swarm.nodes.allSatisfy { $0.isWhole })
    }

    @Test("When the only seeder goes before all is out, the others end with what there is and say why")
    mutating func lastCopyGoes() throws {
        let content = try SimulatedContent(size: 16 << 20, using: &random)
        var peers = try [seeder()] + (0..<4).map { try leecher($0) }
        peers[0].leaves = .seconds(5)
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        for node in swarm.nodes.dropFirst() {
            guard case .failed = node.outcome else {
                Issue.record("seed \(random.seed): \(String(describing: node.outcome))")
                continue
            }
        }
    }

    @Test("The last of a hundred leechers (of a thousand in full) is done soon after it could be")
    mutating func large() throws {
        var swarm = try LargeSwarm(leechers: Scale.count(1_000), pieces: 1_024, seed: random.next())
        let isDone = swarm.run()
        #expect(isDone, "seed \(random.seed)")
        #expect(swarm.ratio(of: 1) < 1.3, "seed \(random.seed): \(swarm.ratio(of: 1))")
    }
}
