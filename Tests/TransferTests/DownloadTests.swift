import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// What a download says to single messages.
struct DownloadTests {
    private let content: SimulatedContent
    private var geometry: Geometry { content.geometry }

    /// 200 pieces of one block.
    init() throws {
        var random = SeededRandom.fresh()
        content = try SimulatedContent(size: 200 * 16_384, using: &random)
    }

    private func start(limits: DownloadLimits = DownloadLimits()) -> Download {
        Download(layout: content.layout, hashes: content.hashes, limits: limits, seed: 1)
    }

    /// A link that has all pieces and lets itself be asked; gives what it was asked for.
    private func join(
        _ download: inout Download, _ link: Int, _ name: String, having: PeerMessage = .haveAll,
        at now: Duration = .zero
    ) throws -> [BlockRequest] {
        let member = try #require(UserName(name))
        let id = LinkID(link)
        return requests(
            to: link,
            download.take(
                [.opened(id, member: member, abilities: PeerAbilities()), .received(id, [having, .unchoke])], at: now))
    }

    private func sent(to link: Int, _ actions: [DownloadAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in
            if case .send(LinkID(link), let messages) = action { messages } else { [] }
        }
    }

    private func requests(to link: Int, _ actions: [DownloadAction]) -> [BlockRequest] {
        sent(to: link, actions).compactMap { if case .request(let request) = $0 { request } else { nil } }
    }

    private func end(_ link: Int, _ actions: [DownloadAction]) -> LinkEnd? {
        for case .close(LinkID(link), let end) in actions { return end }
        return nil
    }

    private func block(_ request: BlockRequest) throws -> PeerMessage {
        let block = try #require(
            geometry.block(piece: Int(request.piece), begin: Int(request.begin), length: Int(request.length)))
        return .piece(piece: request.piece, begin: request.begin, data: ByteBuffer(bytes: content.bytes(of: block)))
    }

    private func jobs(_ actions: [DownloadAction]) -> [StoreJob] {
        actions.compactMap { if case .store(let job) = $0 { job } else { nil } }
    }

    // MARK: Asking

    @Test("It is interested in who has something, and asks when it may")
    func opening() throws {
        var download = start()
        let hans = try #require(UserName("hans"))
        let id = LinkID(0)
        _ = download.take([.opened(id, member: hans, abilities: PeerAbilities())], at: .zero)
        #expect(sent(to: 0, download.take([.received(id, [.haveAll])], at: .zero)) == [.interested])
        let asked = requests(to: 0, download.take([.received(id, [.unchoke])], at: .zero))
        #expect(asked.count == DownloadLimits().initialWindow)
        #expect(Set(asked).count == asked.count)
    }

    @Test("A peer is asked for no more than it queues")
    func queueOfPeer() throws {
        var download = start()
        let hans = try #require(UserName("hans"))
        let handshake = ExtensionHandshake(requestQueue: 5)
        let actions = download.take(
            [
                .opened(LinkID(0), member: hans, abilities: PeerAbilities()),
                .received(
                    LinkID(0),
                    [.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded)), .haveAll, .unchoke]),
            ], at: .zero)
        let asked = requests(to: 0, actions)
        #expect(asked.count == 5)
        let next = download.take([.received(LinkID(0), [try block(asked[0])])], at: .zero)
        #expect(requests(to: 0, next).count == 1)
    }

    @Test("What only one link has is asked for first")
    func rarestFirst() throws {
        var download = start()
        // Pieces 0 to 99 are common, 100 to 103 are rare.
        func bits(_ range: Range<Int>) -> PeerMessage {
            var bytes = [UInt8](repeating: 0, count: 25)
            for piece in range { bytes[piece / 8] |= 0x80 >> (piece % 8) }
            return .bitfield(bytes)
        }
        for link in 0..<3 {
            let member = try #require(UserName("common\(link)"))
            _ = download.take(
                [
                    .opened(LinkID(link), member: member, abilities: PeerAbilities()),
                    .received(LinkID(link), [bits(0..<100)]),
                ], at: .zero)
        }
        let asked = try join(&download, 3, "rare", having: bits(0..<104))
        #expect(Set(asked.prefix(4).map(\.piece)) == [100, 101, 102, 103])
        #expect(asked.dropFirst(4).allSatisfy { $0.piece < 100 })
    }

    @Test("A choke without BEP 6 drops the requests, and others are asked")
    func choked() throws {
        var download = start()
        let old = try #require(UserName("old"))
        let actions = download.take(
            [
                .opened(LinkID(0), member: old, abilities: PeerAbilities(fast: false, extensions: false)),
                .received(LinkID(0), [.bitfield([UInt8](repeating: 0xFF, count: 25)), .unchoke]),
            ], at: .zero)
        let asked = Set(requests(to: 0, actions))
        #expect(asked.count == 64)
        #expect(download.take([.received(LinkID(0), [.choke])], at: .zero).isEmpty)
        var others: Set<BlockRequest> = []
        for link in 1...4 { others.formUnion(try join(&download, link, "new\(link)")) }
        #expect(asked.isSubset(of: others))
        // What was under way before the choke still counts.
        let late = download.take([.received(LinkID(0), [try block(try #require(asked.first))])], at: .zero)
        #expect(jobs(late).count == 1)
        #expect(end(0, late) == nil)
    }

    // MARK: Stalling

    @Test("What a link lets lie is asked of others after three seconds, and after six it is given up")
    func stalling() throws {
        var download = start()
        let lying = try join(&download, 0, "staller")
        let other = try join(&download, 1, "other")
        #expect(Set(lying).isDisjoint(with: other))
        // The other goes on.
        var now = Duration.zero
        var open = other
        var handedOn: Set<BlockRequest> = []
        for _ in 0..<29 {
            now += .milliseconds(100)
            let next = try open.popLast().map { [DownloadEvent.received(LinkID(1), [try block($0)])] } ?? []
            open += requests(to: 1, download.take(next + [.tick(canRead: true)], at: now))
        }
        let before = Set(open)
        #expect(before.isDisjoint(with: lying))
        now = .milliseconds(3_050)
        let cancels = sent(to: 0, download.take([.received(LinkID(1), []), .tick(canRead: true)], at: now))
        #expect(cancels == lying.map { .cancel($0) })
        for request in open {
            let actions = download.take([.received(LinkID(1), [try block(request)])], at: now)
            handedOn.formUnion(requests(to: 1, actions))
        }
        #expect(!handedOn.isDisjoint(with: lying))
        // It wakes up too late: what is missing still is taken, and taken back from the other.
        let late = try #require(lying.first { handedOn.contains($0) })
        let actions = download.take([.received(LinkID(0), [try block(late)])], at: now)
        #expect(jobs(actions).count == 1)
        #expect(sent(to: 1, actions).contains(.cancel(late)))

        #expect(end(0, download.take([.tick(canRead: true)], at: now + .milliseconds(5_900))) == nil)
        _ = download.take([.tick(canRead: true)], at: now + .seconds(7))
    }

    @Test("A link that is not read does not stall")
    func paused() throws {
        var download = start()
        _ = try join(&download, 0, "hans")
        for second in 1...120 {
            #expect(end(0, download.take([.tick(canRead: false)], at: .seconds(second))) == nil)
        }
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(125))) == nil)
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(126))) == .stalled)
    }

    @Test("Whose blocks wait for their turn in a limited rate has not stalled; whose do not has, all the same")
    func heldBack() throws {
        var download = start()
        _ = try join(&download, 0, "hans")
        _ = try join(&download, 1, "staller")
        for second in 1...5 {
            let actions = download.take([.tick(canRead: true, heldBack: [LinkID(0)])], at: .seconds(second))
            #expect(end(0, actions) == nil && end(1, actions) == nil)
        }
        let actions = download.take([.tick(canRead: true, heldBack: [LinkID(0)])], at: .seconds(6))
        #expect(end(0, actions) == nil)
        #expect(end(1, actions) == .stalled)
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(11))) == nil)
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(12))) == .stalled)
    }

    @Test("A link that says nothing of what it has is given up")
    func mute() throws {
        var download = start()
        let hans = try #require(UserName("hans"))
        _ = download.take([.opened(LinkID(0), member: hans, abilities: PeerAbilities())], at: .zero)
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(5))) == nil)
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(6))) == .stalled)
    }

    @Test("A link that has what is missing may keep it waiting for its turn, one that has nothing may not")
    func waiting() throws {
        var download = start()
        let hans = try #require(UserName("hans"))
        let grete = try #require(UserName("grete"))
        _ = download.take(
            [
                .opened(LinkID(0), member: hans, abilities: PeerAbilities()), .received(LinkID(0), [.haveAll]),
                .opened(LinkID(1), member: grete, abilities: PeerAbilities()), .received(LinkID(1), [.haveNone]),
            ], at: .zero)
        #expect(end(1, download.take([.tick(canRead: true)], at: .seconds(59))) == nil)
        let minute = download.take([.tick(canRead: true)], at: .seconds(60))
        #expect(end(1, minute) == .stalled)
        #expect(end(0, minute) == nil)
        for passed in stride(from: 120, to: 1_800, by: 60) {
            let actions = download.take([.tick(canRead: true)], at: .seconds(passed))
            #expect(end(0, actions) == nil)
            #expect(!actions.contains { if case .failed = $0 { true } else { false } })
        }
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(1_800))) == .stalled)
    }

    @Test("Who is patient goes on without hope until he is told that nobody will come, and not while there is hope")
    func patient() throws {
        var limits = DownloadLimits()
        limits.isPatient = true
        var download = start(limits: limits)
        func isOver(_ events: [DownloadEvent], at second: Int) -> Bool {
            download.take(events, at: .seconds(second)).contains { if case .failed = $0 { true } else { false } }
        }
        #expect(!isOver([.giveUp], at: 9))
        for day in 1...3 { #expect(!isOver([.asked, .tick(canRead: true)], at: day * 86_400)) }
        // Somebody came who has it, and lets wait: his turn is hoped for.
        let now = 4 * 86_400
        let hans = try #require(UserName("hans"))
        let came: [DownloadEvent] = [
            .opened(LinkID(0), member: hans, abilities: PeerAbilities()), .received(LinkID(0), [.haveAll]),
        ]
        #expect(!isOver(came + [.tick(canRead: true), .giveUp], at: now))
        #expect(!isOver([.tick(canRead: true), .giveUp], at: now + 1_000))
        #expect(!isOver([.closed(LinkID(0), .closedByPeer), .tick(canRead: true)], at: now + 1_001))
        #expect(isOver([.giveUp], at: now + 1_020))
    }

    @Test("A link that takes blocks from here stays, whatever it gives, and is asked again later")
    func leeching() throws {
        var download = start()
        _ = try join(&download, 0, "hans", having: .have(piece: 0))
        _ = download.take([.leeches(LinkID(0), true)], at: .zero)
        _ = try join(&download, 1, "grete")
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(3))) == nil)
        _ = download.take([.closed(LinkID(1), .closedByPeer)], at: .seconds(4))
        #expect(end(0, download.take([.tick(canRead: true)], at: .seconds(29))) == nil)
        let actions = download.take([.tick(canRead: true)], at: .seconds(33))
        #expect(end(0, actions) == nil)
        #expect(requests(to: 0, actions).count == 1)
    }

    @Test("A link that has nothing more to give is told so, and told again when it has")
    func interest() throws {
        var download = start()
        let asked = try join(&download, 0, "hans", having: .have(piece: 7))
        #expect(asked.map(\.piece) == [7])
        let actions = download.take([.received(LinkID(0), [try block(asked[0])])], at: .zero)
        for job in jobs(actions) {
            _ = download.take(
                [.stored(first: job.first, hashes: job.blocks.map { Hash256(hashing: $0.readableBytesView) })],
                at: .zero)
        }
        #expect(sent(to: 0, download.take([.tick(canRead: true)], at: .milliseconds(100))) == [.notInterested])
        #expect(
            sent(to: 0, download.take([.received(LinkID(0), [.have(piece: 9)])], at: .milliseconds(200))).first
                == .interested)
    }

    @Test(
        "A breach of the protocol ends the link, and the member is refused from then on",
        arguments: [
            (PeerMessage.bitfield([0xFF]), LinkEnd.Violation.badBitfield), (.haveAll, .badBitfield),
            (.have(piece: 200), .pieceOutOfRange), (.have(piece: .max), .pieceOutOfRange),
            (.piece(piece: .max, begin: .max, data: ByteBuffer()), .badBlock),
            (.piece(piece: 0, begin: 0, data: ByteBuffer(bytes: [1])), .badBlock),
            (.reject(BlockRequest(piece: .max, begin: 0, length: 0)), .unexpectedMessage),
            (
                .hashes(HashRequest(root: .zero, baseLayer: 0, index: 0, length: 2, proofLayers: 0), []),
                .unrequestedHashes
            ),
            (
                .hashReject(HashRequest(root: .zero, baseLayer: 0, index: 0, length: 2, proofLayers: 0)),
                .unrequestedHashes
            ),
        ])
    func violations(message: PeerMessage, violation: LinkEnd.Violation) throws {
        var download = start()
        _ = try join(&download, 0, "bad")
        let actions = download.take([.received(LinkID(0), [message])], at: .zero)
        #expect(end(0, actions) == .violation(violation))
        let bad = try #require(UserName("bad"))
        let again = download.take([.opened(LinkID(1), member: bad, abilities: PeerAbilities())], at: .zero)
        #expect(end(1, again) == .refused)
    }

    @Test("Bytes that make no sense end the link, and the member is refused from then on")
    func malformed() throws {
        var download = start()
        _ = try join(&download, 0, "bad")
        let end = LinkEnd.violation(.malformedMessage("too long"))
        #expect(self.end(0, download.take([.closed(LinkID(0), end)], at: .zero)) == end)
        let bad = try #require(UserName("bad"))
        let again = download.take([.opened(LinkID(1), member: bad, abilities: PeerAbilities())], at: .zero)
        #expect(self.end(1, again) == .refused)
    }

    @Test("Spare bits of a bitfield are zero")
    func spareBits() throws {
        var random = SeededRandom(seed: 1)
        let content = try SimulatedContent(size: 3 * 16_384, using: &random)
        var download = Download(layout: content.layout, seed: 1)
        let hans = try #require(UserName("hans"))
        let actions = download.take(
            [
                .opened(LinkID(0), member: hans, abilities: PeerAbilities()),
                .received(LinkID(0), [.bitfield([0b1111_0000])]),
            ], at: .zero)
        #expect(end(0, actions) == .violation(.badBitfield))
    }

    @Test("A second link of a member is refused while the first is well")
    func secondLink() throws {
        var download = start()
        _ = try join(&download, 0, "hans")
        let hans = try #require(UserName("hans"))
        let actions = download.take([.opened(LinkID(1), member: hans, abilities: PeerAbilities())], at: .zero)
        #expect(end(1, actions) == .refused)
        #expect(end(0, actions) == nil)
    }

    @Test("Blocks that nobody asked for are thrown away, and too many of them end the link")
    func unrequested() throws {
        var download = start()
        let asked = try join(&download, 0, "bad")
        let first = try #require(asked.first)
        var actions = download.take([.received(LinkID(0), [try block(first)])], at: .zero)
        #expect(jobs(actions).map(\.size) == [16_384])
        for _ in 0..<64 {
            actions = download.take([.received(LinkID(0), [try block(first)])], at: .zero)
            #expect(jobs(actions).isEmpty && end(0, actions) == nil)
        }
        actions = download.take([.received(LinkID(0), [try block(first)])], at: .zero)
        #expect(end(0, actions) == .violation(.unrequestedBlocks))
    }

    @Test("Links beyond the limit are refused")
    func linkLimit() throws {
        var limits = DownloadLimits()
        limits.links = 2
        var download = start(limits: limits)
        for link in 0..<2 { _ = try join(&download, link, "peer\(link)") }
        let third = try #require(UserName("third"))
        #expect(
            end(2, download.take([.opened(LinkID(2), member: third, abilities: PeerAbilities())], at: .zero))
                == .refused)
    }
}
