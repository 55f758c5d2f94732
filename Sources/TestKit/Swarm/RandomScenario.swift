import Content
import Transfer

/// A swarm drawn from a seed: of sources and leechers some lie, stall, leave and return, lose what they send, or have
/// small disks.
package struct RandomScenario {
    package private(set) var simulator: SwarmSimulator
    private let seed: UInt64

    package init(seed: UInt64) throws {
        self.seed = seed
        var random = SeededRandom(seed: seed)
        let content = try SimulatedContent(
            size: Int.random(in: 1...4_000_000, using: &random),
            pieceLength: [nil, 1 << 16, 1 << 18, 1 << 20].randomElement(using: &random) ?? nil, using: &random)
        var peers: [SimulatedPeer] = []
        for number in 0..<Int.random(in: 2...10, using: &random) {
            peers.append(try Self.peer(number, of: content, using: &random))
        }
        simulator = SwarmSimulator(content, peers, seed: random.next())
    }

    /// The first one has all and is honest, though it may go; the second one wants it.
    private static func peer(
        _ number: Int, of content: SimulatedContent, using random: inout SeededRandom
    ) throws -> SimulatedPeer {
        let blocks = content.geometry.blockCount
        var peer = try SimulatedPeer(
            "peer\(number)",
            number < 2 || Int.random(in: 0..<3, using: &random) > 0 ? .honest : .random(blocks: blocks, using: &random),
            latency: .milliseconds(Int.random(in: 1...200, using: &random)),
            uplink: Double.random(in: 200_000...20_000_000, using: &random),
            joins: .milliseconds(Int.random(in: 0...5_000, using: &random)),
            abilities: PeerAbilities(fast: Int.random(in: 0..<8, using: &random) > 0))
        // A reject is BEP 6: who has it not must not send any.
        if case .rejectsBlocks = peer.behaviour { peer.abilities.fast = true }
        switch number == 0 ? 0 : number == 1 ? 1 : Int.random(in: 0..<3, using: &random) {
        case 0: break
        case 1: peer.holding = .nothing
        default: peer.holding = .pieces(content.geometry.pieces.filter { _ in Bool.random(using: &random) })
        }
        peer.diskDelay = .milliseconds(Int.random(in: 0...50, using: &random))
        if Int.random(in: 0..<8, using: &random) == 0 { peer.diskBlocks = Int.random(in: 0...blocks, using: &random) }
        if Int.random(in: 0..<4, using: &random) == 0 { peer.loss = Double.random(in: 0...0.05, using: &random) }
        if Int.random(in: 0..<4, using: &random) == 0 {
            let leaves = peer.joins + .milliseconds(Int.random(in: 0...10_000, using: &random))
            peer.leaves = leaves
            if Bool.random(using: &random) {
                peer.returns = leaves + .milliseconds(Int.random(in: 500...10_000, using: &random))
            }
        }
        return peer
    }

    /// Runs to the end, and says what should not be: every honest peer ends with all and right, or with a reason, and
    /// nobody is convicted who did not lie.
    package mutating func faults() -> [String] {
        var faults: [String] = []
        if !simulator.run(for: .seconds(3_600)) { faults.append("did not end") }
        let liars = simulator.nodes.filter { node in if case .lies = node.peer.behaviour { true } else { false } }
            .map(\.peer.name)
        for node in simulator.nodes where node.isHonest {
            let name = node.peer.name
            switch node.outcome {
            case .finished where !node.isWhole: faults.append("\(name) has what is not the content")
            case nil where !node.verified.isWhole: faults.append("\(name) neither has it nor says why not")
            case .finished, .failed, .diskFull, .left, nil: break
            }
            for convicted in node.liars.keys where !liars.contains(convicted) {
                faults.append("\(name) convicted \(convicted), who did not lie")
            }
        }
        return faults.map { "seed \(seed): \($0)" }
    }
}

extension SimulatedPeer.Behaviour {
    /// - Parameter blocks: That the content has.
    package static func random(blocks: Int, using random: inout SeededRandom) -> Self {
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
}
