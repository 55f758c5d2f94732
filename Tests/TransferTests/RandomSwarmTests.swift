import Content
import TestKit
import Testing
import Transfer
import Wire

/// Downloads from sources of every kind in every order, each from a seed of its own.
struct RandomSwarmTests {
    private func scenario(
        seed: UInt64
    ) throws -> (swarm: SingleDownload, liars: [UserName: Set<Int>], honest: Set<UserName>) {
        var random = SeededRandom(seed: seed)
        let content = try SimulatedContent(
            size: Int.random(in: 1...4_000_000, using: &random),
            pieceLength: [nil, 1 << 16, 1 << 18, 1 << 20, 1 << 23].randomElement(using: &random) ?? nil,
            using: &random)
        let blocks = content.geometry.blockCount
        var sources: [SimulatedPeer] = []
        var liars: [UserName: Set<Int>] = [:]
        var honest: Set<UserName> = []
        for number in 0..<Int.random(in: 1...6, using: &random) {
            var source = try SimulatedPeer(
                "peer\(number)", number == 0 ? .honest : .random(blocks: blocks, using: &random),
                latency: .milliseconds(Int.random(in: 1...200, using: &random)),
                uplink: Double.random(in: 100_000...20_000_000, using: &random),
                joins: .milliseconds(Int.random(in: 0...5_000, using: &random)),
                abilities: PeerAbilities(
                    fast: Bool.random(using: &random), extensions: Bool.random(using: &random)))
            switch source.behaviour {
            case .lies(let blocks): liars[source.name] = blocks
            case .honest: honest.insert(source.name)
            // A reject is BEP 6: who has it not must not send any.
            case .rejectsBlocks: source.abilities.fast = true
            default: break
            }
            sources.append(source)
        }
        var swarm = try SingleDownload(
            content, from: sources, diskDelay: .milliseconds(Int.random(in: 0...50, using: &random)),
            seed: random.next())
        swarm.redials = true
        return (swarm, liars, honest)
    }

    @Test("Where one source is honest the content arrives, and exactly the liars are convicted of their lies")
    func random() throws {
        var seeds = SeededRandom.fresh()
        for round in 0..<Scale.count(500) {
            let seed = round == 0 ? seeds.seed : seeds.next()
            var (swarm, liars, honest) = try scenario(seed: seed)
            let outcome = swarm.run()
            let convicted = swarm.me.liars
            #expect(outcome == .finished, "seed \(seed), after \(swarm.now), \(swarm.me.notices)")
            #expect(swarm.isRight, "seed \(seed)")
            for (name, blocks) in convicted {
                #expect(liars[name].map(blocks.isSubset) == true, "seed \(seed): \(name) was convicted of \(blocks)")
            }
            for case .sourceLost(let name, let end) in swarm.me.notices where honest.contains(name) {
                #expect(end == .stalled, "seed \(seed): \(name) was cut off: \(end)")
            }
            let all = swarm.me.recorded
            #expect(all.count == swarm.content.geometry.pieceCount, "seed \(seed)")
            if outcome != .finished { break }
        }
    }

    @Test("Whoever comes, goes, lies, loses or has a small disk: every honest peer ends with all, or says why not")
    func randomSwarms() throws {
        var seeds = SeededRandom.fresh()
        for round in 0..<Scale.count(2_000) {
            var scenario = try RandomScenario(seed: round == 0 ? seeds.seed : seeds.next())
            let faults = scenario.faults()
            #expect(faults.isEmpty)
            if !faults.isEmpty { break }
        }
    }

    @Test("Two sources that reject all do not keep the last block from one that would send it")
    func rejecting() throws {
        var (swarm, _, _) = try scenario(seed: 8_759_075_125_225_908_452)
        #expect(swarm.run() == .finished, "after \(swarm.now), \(swarm.me.notices)")
    }

    @Test("The same seed gives the same course")
    func deterministic() throws {
        var (left, _, _) = try scenario(seed: 11)
        var (right, _, _) = try scenario(seed: 11)
        #expect(left.run() == right.run())
        #expect(left.now == right.now)
        #expect(left.sources.map(\.asked) == right.sources.map(\.asked))
    }
}
