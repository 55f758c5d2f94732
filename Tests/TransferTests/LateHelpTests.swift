import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// What happens to a download's last blocks, to links that have their turn later, and to hashes that nobody tells.
struct LateHelpTests {
    private var random = SeededRandom.fresh()

    private func peer(_ number: Int) throws -> UserName { try #require(UserName("peer\(number)")) }

    private func sent(to link: Int, _ actions: [DownloadAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in
            if case .send(LinkID(link), let messages) = action { messages } else { [] }
        }
    }

    @Test("What two slow links hold between them at the end is given to a third, though something comes of both")
    mutating func trickle() throws {
        let content = try SimulatedContent(size: 200 * 16_384, using: &random)
        var limits = DownloadLimits()
        (limits.initialWindow, limits.initialWindows) = (300, 900)
        var download = Download(layout: content.layout, hashes: content.hashes, limits: limits, seed: 1)
        var owed: [Int: [BlockRequest]] = [:]
        var events: [DownloadEvent] = try (0..<3).flatMap { link -> [DownloadEvent] in
            [
                .opened(LinkID(link), member: try peer(link), abilities: PeerAbilities()),
                .received(LinkID(link), [.haveAll, .unchoke]),
            ]
        }
        var finished: Int?
        for step in 0..<300 where finished == nil {
            let actions = download.take(events, at: .milliseconds(100 * step))
            events = [.tick(canRead: true)]
            for link in 0..<3 {
                for message in sent(to: link, actions) {
                    if case .request(let request) = message { owed[link, default: []].append(request) }
                    if case .cancel(let request) = message { owed[link]?.removeAll { $0 == request } }
                }
            }
            for action in actions {
                if case .finished = action { finished = step }
                guard case .store(let job) = action else { continue }
                let hashes = job.blocks.map { Hash256(hashing: $0.readableBytesView) }
                events.append(.stored(first: job.first, hashes: hashes))
            }
            // The third gives at once, the others a block each in two seconds.
            for link in 0..<3 {
                guard let count = owed[link]?.count, count > 0, link == 2 || step % 20 == 10 else { continue }
                let given = owed[link]?.prefix(link == 2 ? count : 1) ?? []
                owed[link]?.removeFirst(given.count)
                events.append(.received(LinkID(link), try given.map { try answer($0, content) }))
            }
        }
        #expect((finished ?? .max) < 100, "seed \(random.seed)")
    }

    private func answer(_ request: BlockRequest, _ content: SimulatedContent) throws -> PeerMessage {
        let block = try #require(
            content.geometry.block(
                piece: Int(request.piece), begin: Int(request.begin), length: Int(request.length)))
        return .piece(piece: request.piece, begin: request.begin, data: ByteBuffer(bytes: content.bytes(of: block)))
    }

    @Test("Who has no hashes to tell is asked for few a second, however many are missing")
    mutating func hashlessPeer() throws {
        let content = try SimulatedContent(
            fileSizes: Array(repeating: 3 * 65_536, count: 200), pieceLength: 65_536, using: &random)
        var download = Download(layout: content.layout, seed: 1)
        var actions = download.take(
            [
                .opened(LinkID(0), member: try peer(0), abilities: PeerAbilities()),
                .received(LinkID(0), [.haveAll, .unchoke]),
            ], at: .zero)
        var asked = 0
        for step in 1...100 {
            let requests = sent(to: 0, actions).filter { if case .hashRequest = $0 { true } else { false } }
            asked += requests.count
            let rejects = requests.compactMap { message -> PeerMessage? in
                if case .hashRequest(let request) = message { .hashReject(request) } else { nil }
            }
            let now = Duration.milliseconds(100 * step)
            actions = download.take([.received(LinkID(0), rejects), .tick(canRead: true)], at: now)
        }
        #expect(asked > 50)
        #expect(asked <= 16 * 11)
    }

    @Test("Who had no hashes to tell and announces a piece is asked again at once, the first time")
    mutating func announcement() throws {
        let content = try SimulatedContent(size: 1 << 20, pieceLength: 65_536, using: &random)
        var download = Download(layout: content.layout, seed: 1)
        func asked(_ actions: [DownloadAction]) -> [PeerMessage] {
            sent(to: 0, actions).compactMap { message -> PeerMessage? in
                if case .hashRequest(let request) = message { .hashReject(request) } else { nil }
            }
        }
        let opening: [DownloadEvent] = [
            .opened(LinkID(0), member: try peer(0), abilities: PeerAbilities()), .received(LinkID(0), [.haveNone]),
        ]
        let rejects = asked(download.take(opening, at: .zero))
        #expect(!rejects.isEmpty)
        #expect(asked(download.take([.received(LinkID(0), rejects)], at: .milliseconds(10))).isEmpty)
        let again = asked(download.take([.received(LinkID(0), [.have(piece: 3)])], at: .milliseconds(20)))
        #expect(again == rejects)
        _ = download.take([.received(LinkID(0), again)], at: .milliseconds(30))
        let third = asked(download.take([.received(LinkID(0), [.have(piece: 4)])], at: .milliseconds(40)))
        #expect(third.isEmpty)
        let later = asked(download.take([.tick(canRead: true)], at: .milliseconds(1_100)))
        #expect(later == rejects)
    }

    @Test("A link that was kept for what it takes becomes a source when the other link of its member ends")
    mutating func secondLink() throws {
        let content = try SimulatedContent(size: 20 * 16_384, using: &random)
        let download = Download(layout: content.layout, hashes: content.hashes, seed: 1)
        var swarm = Swarm(fetching: download, as: try #require(UserName("me")), seed: 1)
        let member = try peer(0)
        func interested(_ actions: [SwarmAction]) -> [LinkID] {
            actions.compactMap { action in
                if case .send(let id, let messages) = action, messages.contains(.interested) { id } else { nil }
            }
        }
        func open(_ link: Int) -> [SwarmAction] {
            swarm.take(
                [
                    .opened(LinkID(link), member: member, abilities: PeerAbilities(), isDialled: false),
                    .received(LinkID(link), [.bitfield([0x0F, 0, 0])]),
                ], at: .zero)
        }
        #expect(interested(open(0)) == [LinkID(0)])
        #expect(interested(open(1)) == [])
        let after = swarm.take([.closed(LinkID(0), .closedByPeer)], at: .seconds(1))
        #expect(interested(after) == [LinkID(1)])
        let asked = swarm.take([.received(LinkID(1), [.unchoke])], at: .seconds(1))
        let pieces = asked.flatMap { action -> [UInt32] in
            guard case .send(LinkID(1), let messages) = action else { return [] }
            return messages.compactMap { if case .request(let request) = $0 { request.piece } else { nil } }
        }
        #expect(Set(pieces) == [4, 5, 6, 7])
    }
}
