import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// How a whole holder reveals its pieces, seen by what he says to peers.
struct SpreadTests {
    private let content: SimulatedContent
    private var geometry: Geometry { content.geometry }

    /// 64 pieces of 256 KiB.
    init() throws {
        var random = SeededRandom.fresh()
        content = try SimulatedContent(size: 64 << 18, pieceLength: 1 << 18, using: &random)
    }

    private func swarm() throws -> Swarm {
        Swarm(seeding: content.hashes, as: try #require(UserName("seeder")), seed: 1)
    }

    private func sent(to link: Int, _ actions: [SwarmAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in
            if case .send(LinkID(link), let messages) = action { messages } else { [] }
        }
    }

    private func haves(to link: Int, _ actions: [SwarmAction]) -> Set<UInt32> {
        Set(sent(to: link, actions).compactMap { if case .have(let piece) = $0 { piece } else { nil } })
    }

    private func join(
        _ swarm: inout Swarm, _ link: Int, having: PeerMessage = .haveNone, at now: Duration = .zero
    ) throws -> [SwarmAction] {
        let member = try #require(UserName("peer\(link)"))
        let id = LinkID(link)
        return swarm.take(
            [
                .opened(id, member: member, abilities: PeerAbilities(), isDialled: false),
                .received(id, [having, .interested]), .upload(id, .slotGranted(wish: 1)),
            ], at: now)
    }

    private func request(_ piece: UInt32) -> PeerMessage {
        .request(BlockRequest(piece: piece, begin: 0, length: 16_384))
    }

    @Test("Each link is told of other pieces, a window at a time, and of more as it asks for them")
    func distinct() throws {
        var swarm = try swarm()
        let greeting = try join(&swarm, 0)
        #expect(sent(to: 0, greeting).first == .haveNone)
        let first = haves(to: 0, greeting)
        let second = haves(to: 1, try join(&swarm, 1))
        // Nobody else was there when the first one came.
        #expect(first.count == 8)
        #expect(second.count == 2)
        #expect(first.isDisjoint(with: second))
        let more = haves(to: 0, swarm.take([.received(LinkID(0), first.map(request))], at: .zero))
        #expect(more.count == 2)
        #expect(more.isDisjoint(with: first.union(second)))
    }

    @Test("Who wants a part only, and says so or takes nothing of what it is told, is told of everything")
    func parts() throws {
        var swarm = try swarm()
        let id = LinkID(0)
        let member = try #require(UserName("peer"))
        let opened = SwarmEvent.opened(id, member: member, abilities: PeerAbilities(), isDialled: false)
        let handshake = ExtensionHandshake(wantsPart: true)
        let says = swarm.take(
            [
                opened,
                .received(id, [.haveNone, .extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded))]),
            ], at: .zero)
        #expect(haves(to: 0, says).count == 64)

        swarm = try self.swarm()
        let silent = swarm.take([opened, .received(id, [.haveNone])], at: .zero)
        #expect(haves(to: 0, silent).count == 8)
        #expect(haves(to: 0, swarm.take([.tick(canRead: true)], at: .seconds(4))).isEmpty)
        #expect(haves(to: 0, swarm.take([.tick(canRead: true)], at: .seconds(6))).count == 56)
    }

    @Test("Who says that it takes nothing is told of nothing, and keeps nothing from others, until it is interested")
    func takesNothing() throws {
        var swarm = try swarm()
        let id = LinkID(0)
        let member = try #require(UserName("peer"))
        let handshake = ExtensionHandshake(takesNothing: true)
        let says = swarm.take(
            [
                .opened(id, member: member, abilities: PeerAbilities(), isDialled: false),
                .received(id, [.haveNone, .extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded))]),
            ], at: .zero)
        #expect(haves(to: 0, says).isEmpty)
        // As many as somebody is told of who is alone.
        #expect(haves(to: 1, try join(&swarm, 1)).count == 8)
        let later = swarm.take([.received(id, [.interested])], at: .zero)
        #expect(haves(to: 0, later).count == 2)
    }

    @Test(
        "Whatever comes and goes, lies about what it has, or says it twice: each piece is revealed once more, not twice"
    )
    func comingAndGoing() throws {
        var swarm = try swarm()
        let member = try #require(UserName("peer"))
        let everything = [UInt8](repeating: 0xFF, count: 8)
        for number in 1...200 {
            let id = LinkID(number)
            let says: [PeerMessage] =
                switch number % 4 {
                case 0: [.haveNone, .haveAll]
                case 1: [.have(piece: 5), .have(piece: 5), .bitfield(everything)]
                case 2: [.bitfield(Array(everything.dropLast() + [0]))]
                default: [.haveNone, .have(piece: 3), .have(piece: 70)]
                }
            _ = swarm.take(
                [
                    .opened(id, member: member, abilities: PeerAbilities(), isDialled: false), .received(id, says),
                    .closed(id, .closedByPeer),
                ], at: .zero)
        }
        // All are free again, and each is revealed to one of four leechers.
        var told: Set<UInt32> = []
        var unasked: [UInt32] = []
        func note(_ news: Set<UInt32>) {
            #expect(news.isDisjoint(with: told))
            told.formUnion(news)
            unasked += news.sorted()
        }
        for number in 1_000..<1_004 { note(haves(to: number, try join(&swarm, number))) }
        while let next = unasked.popLast() {
            for number in 1_000..<1_004 {
                note(haves(to: number, swarm.take([.received(LinkID(number), [request(next)])], at: .zero)))
            }
        }
        #expect(told.count == 64)
    }

    @Test("Who wants nothing for two minutes is let go, whatever he says meanwhile")
    func uninterested() throws {
        var swarm = try swarm()
        let id = LinkID(0)
        let member = try #require(UserName("peer"))
        _ = swarm.take(
            [
                .opened(id, member: member, abilities: PeerAbilities(), isDialled: false),
                .received(id, [.haveNone, .interested, .notInterested]),
            ], at: .seconds(1))
        func isClosed(_ actions: [SwarmAction]) -> Bool {
            actions.contains { if case .close(id, .ended) = $0 { true } else { false } }
        }
        // Then it is told of everything, for the last time.
        #expect(haves(to: 0, swarm.take([.tick(canRead: true)], at: .seconds(10))).count == 56)
        let before = swarm.take([.received(id, [.keepAlive]), .tick(canRead: true)], at: .seconds(129))
        #expect(!isClosed(before))
        let after = swarm.take([.received(id, [.keepAlive]), .tick(canRead: true)], at: .seconds(130))
        #expect(isClosed(after))
    }

    @Test("What others have is not revealed before what nobody has")
    func othersHave() throws {
        var swarm = try swarm()
        // The first four bytes: pieces 0 to 31.
        _ = try join(&swarm, 0, having: .bitfield([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]))
        var told: Set<UInt32> = []
        var new = haves(to: 1, try join(&swarm, 1))
        while !new.isEmpty {
            told.formUnion(new)
            new = haves(to: 1, swarm.take([.received(LinkID(1), new.map(request))], at: .zero))
        }
        #expect(told.isSubset(of: Set(32..<64)))
    }

    @Test("When everything is with somebody, everybody is told of everything, and who comes then at once")
    func over() throws {
        var swarm = try swarm()
        var told = haves(to: 0, try join(&swarm, 0))
        told.formUnion(haves(to: 1, try join(&swarm, 1)))
        let rest = try #require(Set(0..<64).subtracting(told).first)
        let most = swarm.take(
            [.received(LinkID(0), (0..<64).filter { $0 != rest }.map { .have(piece: $0) })], at: .zero)
        let last = swarm.take([.received(LinkID(1), [.have(piece: rest)])], at: .zero)
        #expect(haves(to: 0, most).union(haves(to: 0, last)).contains(rest))
        #expect(haves(to: 1, last).count >= 50)
        #expect(sent(to: 2, try join(&swarm, 2)).first == .haveAll)
    }

    @Test("What was promised to a link that goes, or does not ask, is for others")
    func reclaimed() throws {
        var swarm = try swarm()
        let gone = haves(to: 0, try join(&swarm, 0))
        let idle = haves(to: 1, try join(&swarm, 1))
        _ = swarm.take([.closed(LinkID(0), .closedByPeer)], at: .seconds(1))
        _ = swarm.take([.tick(canRead: true)], at: .seconds(6))
        var told: Set<UInt32> = []
        var new = haves(to: 2, try join(&swarm, 2, at: .seconds(6)))
        while !new.isEmpty {
            told.formUnion(new)
            new = haves(to: 2, swarm.take([.received(LinkID(2), new.map(request))], at: .seconds(6)))
        }
        #expect(told == Set(0..<64))
        #expect(told.isSuperset(of: gone.union(idle)))
    }

    /// Asks for a block of each piece that it is told of, until there is nothing more.
    private func hoard(_ swarm: inout Swarm, _ told: Set<UInt32>, _ link: Int, at now: Duration) -> Set<UInt32> {
        var (all, new) = (told, told)
        while !new.isEmpty {
            new = haves(to: link, swarm.take([.received(LinkID(link), new.map(request))], at: now)).subtracting(all)
            all.formUnion(new)
        }
        return all
    }

    @Test("Who waits for what is promised to others is told of it after a moment, unless something new comes to him")
    func patience() throws {
        var swarm = try swarm()
        let hoarded = hoard(&swarm, haves(to: 0, try join(&swarm, 0)), 0, at: .zero)
        #expect(hoarded == Set(0..<64))
        #expect(haves(to: 1, try join(&swarm, 1)).isEmpty)
        #expect(haves(to: 1, swarm.take([.received(LinkID(1), [.have(piece: 9)])], at: .seconds(2))).isEmpty)
        func later(_ second: Int) -> Set<UInt32> {
            let events: [SwarmEvent] = [.received(LinkID(0), hoarded.map(request)), .tick(canRead: true)]
            return haves(to: 1, swarm.take(events, at: .seconds(second)))
        }
        #expect(later(6).isEmpty)
        #expect(later(7) == hoarded.subtracting([9]))
    }

    @Test(
        "A piece that does not get on is promised no more, whatever is asked for again, nor anything else on later links"
    )
    func distrust() throws {
        var swarm = try swarm()
        var told = hoard(&swarm, haves(to: 0, try join(&swarm, 0)), 0, at: .zero)
        for second in 1..<30 {
            let again = swarm.take(
                [.received(LinkID(0), told.map(request)), .tick(canRead: true)], at: .seconds(second))
            #expect(haves(to: 0, again).isEmpty)
        }
        // Told of everything, as it is promised nothing.
        told.formUnion(haves(to: 0, swarm.take([.tick(canRead: true)], at: .seconds(30))))
        #expect(told == Set(0..<64))
        _ = swarm.take([.closed(LinkID(0), .closedByPeer)], at: .seconds(31))
        let member = try #require(UserName("peer0"))
        let back = swarm.take(
            [
                .opened(LinkID(7), member: member, abilities: PeerAbilities(), isDialled: false),
                .received(LinkID(7), [.haveNone, .interested]),
            ], at: .seconds(32))
        #expect(haves(to: 7, back) == Set(0..<64))
        // And others as ever.
        #expect(haves(to: 1, try join(&swarm, 1, at: .seconds(32))).count == 2)
    }

    @Test("A piece that gets on, however slowly, is promised for a minute and as long as it needs")
    func slowness() throws {
        var swarm = try swarm()
        let told = hoard(&swarm, haves(to: 0, try join(&swarm, 0)), 0, at: .zero)
        for (block, second) in [(1, 25), (2, 50)] as [(UInt32, Int)] {
            let asks = told.map { piece in
                PeerMessage.request(BlockRequest(piece: piece, begin: block * 16_384, length: 16_384))
            }
            _ = swarm.take([.received(LinkID(0), asks), .tick(canRead: true)], at: .seconds(second))
        }
        #expect(haves(to: 1, try join(&swarm, 1, at: .seconds(63))).isEmpty)
        #expect(haves(to: 1, swarm.take([.tick(canRead: true)], at: .seconds(64))).count == 2)
    }

    @Test("A second link of a member is told of everything and promised nothing")
    func secondLink() throws {
        var swarm = try swarm()
        _ = try join(&swarm, 0)
        let member = try #require(UserName("peer0"))
        let second = swarm.take(
            [
                .opened(LinkID(1), member: member, abilities: PeerAbilities(), isDialled: false),
                .received(LinkID(1), [.haveNone, .interested]),
            ], at: .zero)
        #expect(haves(to: 1, second) == Set(0..<64))
        #expect(haves(to: 2, try join(&swarm, 2)).count == 2)
    }

    @Test("Who takes what he is told of and tells nobody that he has it does not keep it from others for long")
    func hoarding() throws {
        var swarm = try swarm()
        var unasked = haves(to: 0, try join(&swarm, 0))
        var told: Set<UInt32> = []
        for second in 1...16 {
            // It always wants something, so that it seems to be busy.
            var asks = unasked.map(request)
            if second % 20 == 0 { asks.append(request(0)) }
            var events: [SwarmEvent] = [.received(LinkID(0), asks), .tick(canRead: true)]
            if second > 10 { events.append(.received(LinkID(1), [.keepAlive])) }
            let actions = swarm.take(events, at: .seconds(second))
            unasked = haves(to: 0, actions)
            var news = haves(to: 1, actions)
            if second == 10 { news.formUnion(haves(to: 1, try join(&swarm, 1, at: .seconds(second)))) }
            while !news.isEmpty {
                told.formUnion(news)
                let got = news.map { PeerMessage.have(piece: $0) }
                news = haves(to: 1, swarm.take([.received(LinkID(1), got)], at: .seconds(second)))
            }
        }
        #expect(told == Set(0..<64))
    }

    @Test("Two whole holders have nothing to say to each other")
    func wholePeers() throws {
        var swarm = try swarm()
        let actions = try join(&swarm, 0, having: .haveAll)
        #expect(actions.contains { if case .close(LinkID(0), .ended) = $0 { true } else { false } })
    }

    @Test("Of two links dialled towards each other both ends keep the same one", arguments: [true, false])
    func crossing(dialledFirst: Bool) throws {
        var ends: [[Int: LinkEnd]] = []
        for (me, other) in [("anna", "berta"), ("berta", "anna")] {
            let download = Download(layout: content.layout, hashes: content.hashes, seed: 1)
            var swarm = Swarm(fetching: download, as: try #require(UserName(me)), seed: 1)
            let member = try #require(UserName(other))
            // Link 0 is the one that anna dialled.
            let order = dialledFirst == (me == "anna") ? [0, 1] : [1, 0]
            let events = order.map { link -> SwarmEvent in
                .opened(
                    LinkID(link), member: member, abilities: PeerAbilities(), isDialled: (link == 0) == (me == "anna"))
            }
            var closed: [Int: LinkEnd] = [:]
            for event in events {
                for case .close(let id, let end) in swarm.take([event], at: .zero) { closed[id.value] = end }
            }
            ends.append(closed)
        }
        #expect(ends == [[1: .refused], [1: .refused]])
    }
}
