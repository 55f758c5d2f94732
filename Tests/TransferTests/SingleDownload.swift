import Content
import TestKit
import Transfer
import Wire

/// One peer fetches, others only give.
struct SingleDownload {
    private(set) var simulator: SwarmSimulator

    init(
        _ content: SimulatedContent, from sources: [SimulatedPeer], verified: [PieceIndex] = [],
        wanted: [PieceIndex]? = nil, limits: DownloadLimits = DownloadLimits(), diskDelay: Duration = .milliseconds(2),
        seed: UInt64
    ) throws {
        var me = try SimulatedPeer("me", holding: .pieces(verified), latency: .zero)
        me.diskDelay = diskDelay
        me.wanted = wanted
        simulator = SwarmSimulator(content, [me] + sources, limits: limits, seed: seed)
        simulator.redials = false
    }

    /// Nil where virtual time ran out.
    mutating func run() -> SimulatedNode.Outcome? {
        _ = simulator.run()
        return me.outcome
    }

    var redials: Bool {
        get { simulator.redials }
        set { simulator.redials = newValue }
    }

    var content: SimulatedContent { simulator.content }
    var now: Duration { simulator.now }
    var me: SimulatedNode { simulator.nodes[0] }
    var sources: ArraySlice<SimulatedNode> { simulator.nodes[1...] }
    /// All that was wanted is there, and what it should be.
    var isRight: Bool {
        guard let wanted = me.peer.wanted else { return me.isWhole }
        return wanted.allSatisfy { me.verified.contains($0) && isRight($0) }
    }
    func isRight(_ piece: PieceIndex) -> Bool {
        content.geometry.blocks(of: piece).allSatisfy { me.rightBlocks[$0.value] }
    }
    /// Bytes of blocks that the sources sent, in all.
    var sent: Int { sources.reduce(0) { $0 + $1.sentBytes } }
}
