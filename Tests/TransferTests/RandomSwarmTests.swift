import Content
import TestKit
import Testing
import Transfer
import Wire

/// Downloads from sources of every kind in every order, each from a seed of its own.
struct RandomSwarmTests {
    private func behaviour(blocks: Int, using random: inout SeededRandom) -> SimulatedSource.Behaviour {
        let some = Int.random(in: 0...blocks, using: &random)
        return switch Int.random(in: 0..<16, using: &random) {
        case 0..<4: .honest
        case 4..<7: .lies(Set((0..<max(1, some / 4)).map { _ in Int.random(in: 0..<blocks, using: &random) }))
        case 7: .stalls(afterBlocks: some)
        case 8: .vanishes(afterBlocks: some)
        case 9: .falseHashes
        case 10: .rejectsHashes
        case 11: .ignoresHashes
        case 12: .rejectsBlocks
        case 13: .repeatsBlocks
        case 14: .shortBlocks
        default: .mute
        }
    }

    private func scenario(
        seed: UInt64
    ) throws -> (swarm: SwarmSimulation, liars: [UserName: Set<Int>], honest: Set<UserName>) {
        var random = SeededRandom(seed: seed)
        let content = try SimulatedContent(
            size: Int.random(in: 1...4_000_000, using: &random),
            pieceLength: [nil, 1 << 16, 1 << 18, 1 << 20, 1 << 23].randomElement(using: &random) ?? nil,
            using: &random)
        let blocks = content.geometry.blockCount
        var sources: [SimulatedSource] = []
        var liars: [UserName: Set<Int>] = [:]
        var honest: Set<UserName> = []
        for number in 0..<Int.random(in: 1...6, using: &random) {
            var source = try SimulatedSource(
                "peer\(number)", number == 0 ? .honest : behaviour(blocks: blocks, using: &random),
                latency: .milliseconds(Int.random(in: 1...200, using: &random)),
                rate: Double.random(in: 100_000...20_000_000, using: &random),
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
        var swarm = SwarmSimulation(content, from: sources, seed: random.next())
        swarm.redials = true
        swarm.diskDelay = .milliseconds(Int.random(in: 0...50, using: &random))
        return (swarm, liars, honest)
    }

    @Test("Where one source is honest the content arrives, and exactly the liars are convicted of their lies")
    func random() throws {
        var seeds = SeededRandom.fresh()
        for round in 0..<Scale.count(500) {
            let seed = round == 0 ? seeds.seed : seeds.next()
            var (swarm, liars, honest) = try scenario(seed: seed)
            let outcome = swarm.run()
            let convicted = swarm.liars
            #expect(outcome == .finished, "seed \(seed), after \(swarm.timeline.now), \(swarm.notices)")
            #expect(swarm.bytes == swarm.content.bytes, "seed \(seed)")
            for (name, blocks) in convicted {
                #expect(liars[name].map(blocks.isSubset) == true, "seed \(seed): \(name) was convicted of \(blocks)")
            }
            for case .sourceLost(let name, let end) in swarm.notices where honest.contains(name) {
                #expect(end == .stalled, "seed \(seed): \(name) was cut off: \(end)")
            }
            let all = swarm.recorded + swarm.download.takeUnrecorded()
            #expect(all.count == swarm.content.geometry.pieceCount, "seed \(seed)")
            if outcome != .finished { break }
        }
    }

    @Test("Two sources that reject all do not keep the last block from one that would send it")
    func rejecting() throws {
        var (swarm, _, _) = try scenario(seed: 8_759_075_125_225_908_452)
        #expect(swarm.run() == .finished, "after \(swarm.timeline.now), \(swarm.notices)")
    }

    @Test("The same seed gives the same course")
    func deterministic() throws {
        var (left, _, _) = try scenario(seed: 11)
        var (right, _, _) = try scenario(seed: 11)
        #expect(left.run() == right.run())
        #expect(left.timeline.now == right.timeline.now)
        #expect(left.sources.map(\.asked) == right.sources.map(\.asked))
    }
}
