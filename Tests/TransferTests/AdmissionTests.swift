import Content
import NIOCore
import Synchronization
import TestKit
import Testing
import Transfer
import Wire

/// Contents that are not there for everybody: whoever shows no ticket gets nothing of them, from a whole holder as from
/// one that has a part.
struct AdmissionTests {
    /// What decides, as a test sets it.
    private final class Gate: Sendable {
        struct State {
            var isOpen = false
            var now: Int64 = 1_000
        }

        let state = Mutex(State())

        /// A ticket is the member's name, a space, and the digits of its expiry.
        var gate: UploadGate {
            UploadGate(
                isOpen: { _ in self.state.withLock { $0.isOpen } },
                expiry: { ticket, member, _ in
                    let parts = String(decoding: ticket, as: UTF8.self).split(separator: " ")
                    guard parts.count == 2, parts[0] == member.text else { return nil }
                    return Int64(parts[1])
                }, now: { self.state.withLock { $0.now } })
        }
    }

    private let content: SimulatedContent
    private let gate = Gate()
    private let link = LinkID(0)

    init() throws {
        var random = SeededRandom.fresh()
        content = try SimulatedContent(size: 1_000_000, pieceLength: 1 << 18, using: &random)
    }

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    private func seeding() throws -> Swarm {
        Swarm(seeding: content.hashes, as: try name("hans"), gate: gate.gate, seed: 1)
    }

    /// Has the first piece.
    private func fetching() throws -> Swarm {
        let download = Download(
            layout: content.layout, verified: Array(content.geometry.pieces.prefix(1)), wanted: nil,
            hashes: content.hashes, limits: DownloadLimits(), seed: 1)
        return Swarm(fetching: download, as: try name("hans"), gate: gate.gate, seed: 1)
    }

    private func opened(_ member: String = "eva") throws -> SwarmEvent {
        .opened(link, member: try name(member), abilities: PeerAbilities(), isDialled: false)
    }

    private func showing(_ ticket: String?) -> SwarmEvent {
        let handshake = ExtensionHandshake(ticket: ticket.map { Array($0.utf8) })
        return .received(link, [.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded))])
    }

    private var asking: SwarmEvent {
        let block = BlockRequest(piece: 0, begin: 0, length: 16_384)
        let hashes = HashRequest(root: content.layout.id.root, baseLayer: 0, index: 0, length: 2, proofLayers: 0)
        return .received(link, [.haveNone, .interested, .request(block), .hashRequest(hashes)])
    }

    private func messages(_ actions: [SwarmAction]) -> [PeerMessage] {
        actions.flatMap { action in
            guard case .send(_, let messages) = action else { return [PeerMessage]() }
            return messages
        }
    }

    /// Whether anything of the content goes out, or leave to ask for it.
    private func gives(_ actions: [SwarmAction]) -> Bool {
        let tells = messages(actions).contains { message in
            switch message {
            case .have, .bitfield, .haveAll, .unchoke, .piece, .hashes: true
            default: false
            }
        }
        return tells
            || actions.contains { action in
                switch action {
                case .read, .hash, .wantSlot: true
                default: false
                }
            }
    }

    private func isClosed(_ actions: [SwarmAction]) -> Bool {
        actions.contains { if case .close(_, .refused) = $0 { true } else { false } }
    }

    @Test(
        "Without a ticket, or with one that is another's, forged or over, nothing is told and nothing is given",
        arguments: [nil, "nina 9000", "eva", "eva 1000"])
    func refused(ticket: String?) throws {
        for var swarm in [try seeding(), try fetching()] {
            var actions = swarm.take([try opened(), showing(ticket), asking], at: .zero)
            actions += swarm.take([.tick(canRead: true)], at: .seconds(2))
            #expect(!gives(actions))
            #expect(messages(actions).contains { if case .reject = $0 { true } else { false } })
            #expect(messages(actions).contains { if case .hashReject = $0 { true } else { false } })
        }
    }

    @Test("With his ticket a member is told what there is, and has his turn")
    func admitted() throws {
        for var swarm in [try seeding(), try fetching()] {
            let before = swarm.take([try opened(), asking], at: .zero)
            #expect(!gives(before))
            let after = swarm.take([showing("eva 9000"), .tick(canRead: true)], at: .seconds(2))
            #expect(messages(after).contains { if case .have = $0 { true } else { false } })
            #expect(after.contains { if case .wantSlot = $0 { true } else { false } })
        }
    }

    @Test("What comes in one go with the ticket is answered, hashes too")
    func together() throws {
        for var swarm in [try seeding(), try fetching()] {
            let hashes = HashRequest(
                root: content.layout.id.root, baseLayer: 4, index: 0, length: 4, proofLayers: 0)
            guard case .received(_, let shown) = showing("eva 9000") else { return }
            let actions = swarm.take(
                [try opened(), .received(link, shown + [.haveNone, .hashRequest(hashes)])], at: .zero)
            #expect(messages(actions).contains { if case .hashes = $0 { true } else { false } })
        }
    }

    @Test("A link to a holder ends when its ticket does, unless another one was shown")
    func expiry() throws {
        var swarm = try seeding()
        _ = swarm.take([try opened(), showing("eva 3000"), asking], at: .zero)
        gate.state.withLock { $0.now = 2_999 }
        #expect(!isClosed(swarm.take([.tick(canRead: true)], at: .seconds(2))))
        _ = swarm.take([showing("eva 5000")], at: .seconds(3))
        gate.state.withLock { $0.now = 4_999 }
        #expect(!isClosed(swarm.take([.tick(canRead: true)], at: .seconds(4))))
        gate.state.withLock { $0.now = 5_000 }
        #expect(isClosed(swarm.take([.tick(canRead: true)], at: .seconds(6))))
    }

    @Test("Who shows no ticket and gives nothing is let go; a source is not")
    func letGo() throws {
        var seeding = try seeding()
        _ = seeding.take([try opened()], at: .zero)
        #expect(!isClosed(seeding.take([.tick(canRead: true)], at: .seconds(9))))
        #expect(isClosed(seeding.take([.tick(canRead: true)], at: .seconds(11))))
        var fetching = try fetching()
        _ = fetching.take([try opened(), .received(link, [.haveAll])], at: .zero)
        #expect(!isClosed(fetching.take([.tick(canRead: true)], at: .seconds(11))))
    }

    @Test("What was there for everybody and is not any more ends; what becomes so is given at once")
    func changes() throws {
        gate.state.withLock { $0.isOpen = true }
        var swarm = try seeding()
        #expect(gives(swarm.take([try opened(), asking], at: .zero)))
        gate.state.withLock { $0.isOpen = false }
        #expect(isClosed(swarm.take([.tick(canRead: true)], at: .seconds(2))))
        var other = try seeding()
        #expect(!gives(other.take([try opened(), asking], at: .zero)))
        gate.state.withLock { $0.isOpen = true }
        #expect(gives(other.take([.tick(canRead: true)], at: .seconds(2))))
    }

    @Test("A ticket is shown to those who are linked, and to those who come")
    func shown() throws {
        func tickets(_ actions: [SwarmAction]) -> [[UInt8]] {
            messages(actions).compactMap { message in
                guard case .extended(0, let payload) = message else { return nil }
                return (try? ExtensionHandshake(decoding: Array(payload.readableBytesView)))?.ticket
            }
        }
        var swarm = try fetching()
        #expect(tickets(swarm.take([try opened()], at: .zero)) == [])
        #expect(tickets(swarm.take([.ticket([7])], at: .zero)) == [[7]])
        #expect(tickets(swarm.take([.ticket([7])], at: .zero)) == [])
        let other = SwarmEvent.opened(
            LinkID(1), member: try name("nina"), abilities: PeerAbilities(), isDialled: true)
        #expect(tickets(swarm.take([other], at: .zero)) == [[7]])
    }
}
