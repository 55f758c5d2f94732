import Content
import TestKit
import Testing
import Transfer
import Wire

/// What members cost who ask for hashes that must be computed.
struct HashCreditTests {
    private var random = SeededRandom.fresh()

    @Test("Who has had his share of hashing has no new one when he comes again, and others have theirs")
    mutating func comingAgain() throws {
        // Two pieces of 16 MiB: a request for the hashes of one's blocks costs as much as one can.
        let content = try SimulatedContent(size: 32 << 20, pieceLength: 16 << 20, using: &random)
        var swarm = Swarm(seeding: content.hashes, as: try #require(UserName("seeder")), seed: 1)
        let piece = try #require(content.geometry.piece(0))
        let range = try #require(HashRange.blocks(of: piece, in: content.geometry))
        let request = PeerMessage.hashRequest(
            HashRequest(
                root: content.content.root, baseLayer: UInt32(range.baseLayer), index: UInt32(range.index),
                length: UInt32(range.length), proofLayers: UInt32(range.proofLayers)))
        let leaves = content.geometry.blocks(of: piece).map { content.leaf($0.value) }

        /// Whether anything is hashed for this request.
        func asks(_ link: Int, at now: Duration) -> Bool {
            let id = LinkID(link)
            for action in swarm.take([.received(id, [request])], at: now) {
                guard case .hash(id, let job) = action else { continue }
                for case .send(id, let messages) in swarm.take([.upload(id, .hashed(job, leaves))], at: now) {
                    _ = swarm.take([.upload(id, .sent(messages: messages.count, bytes: 0))], at: now)
                }
                return true
            }
            return false
        }
        func open(_ link: Int, _ name: String, at now: Duration) throws {
            let member = try #require(UserName(name))
            for case .send(let id, let messages) in swarm.take(
                [.opened(LinkID(link), member: member, abilities: PeerAbilities(), isDialled: false)], at: now)
            {
                _ = swarm.take([.upload(id, .sent(messages: messages.count, bytes: 0))], at: now)
            }
        }

        try open(0, "hans", at: .zero)
        #expect((0..<5).map { _ in asks(0, at: .zero) } == [true, true, true, true, false])
        try open(1, "hans", at: .zero)
        #expect(!asks(1, at: .zero))
        _ = swarm.take([.closed(LinkID(0), .closedByPeer), .closed(LinkID(1), .closedByPeer)], at: .zero)
        try open(2, "hans", at: .zero)
        #expect(!asks(2, at: .zero))
        try open(3, "grete", at: .zero)
        #expect(asks(3, at: .zero))
        let later = swarm.take([.tick(canRead: true)], at: .seconds(1))
        #expect(later.contains { if case .hash(LinkID(2), _) = $0 { true } else { false } })
    }
}
