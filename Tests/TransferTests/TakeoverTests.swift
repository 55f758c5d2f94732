import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// A better way takes the place of a relay, and a relay that of a way that is cut.
struct TakeoverTests {
    private var random = SeededRandom.fresh()
    private let content: SimulatedContent
    private let hans: UserName

    /// 400 pieces of one block.
    init() throws {
        content = try SimulatedContent(size: 400 * 16_384, using: &random)
        hans = try #require(UserName("hans"))
    }

    private func start() -> Download { Download(layout: content.layout, hashes: content.hashes, seed: 1) }

    /// A link to the one member who has all.
    private func join(
        _ download: inout Download, _ link: Int, _ path: LinkPath, unchoked: Bool = true, at now: Duration = .zero
    ) -> [DownloadAction] {
        download.take(
            [
                .opened(LinkID(link), member: hans, abilities: PeerAbilities(), path: path),
                .received(LinkID(link), unchoked ? [.haveAll, .unchoke] : [.haveAll]),
            ], at: now)
    }

    private func requests(to link: Int, _ actions: [DownloadAction]) -> [BlockRequest] {
        actions.flatMap { action -> [PeerMessage] in
            if case .send(LinkID(link), let messages) = action { messages } else { [] }
        }.compactMap { if case .request(let request) = $0 { request } else { nil } }
    }

    private func end(_ link: Int, _ actions: [DownloadAction]) -> LinkEnd? {
        for case .close(LinkID(link), let end) in actions { return end }
        return nil
    }

    private func call(_ actions: [DownloadAction]) -> SourceRequest? {
        for case .askForSources(let request) in actions { return request }
        return nil
    }

    private func notices(_ actions: [DownloadAction]) -> [DownloadNotice] {
        actions.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
    }

    private func blocks(_ requests: [BlockRequest]) throws -> [PeerMessage] {
        try requests.map { request in
            let block = try #require(
                content.geometry.block(
                    piece: Int(request.piece), begin: Int(request.begin), length: Int(request.length)))
            return .piece(
                piece: request.piece, begin: request.begin, data: ByteBuffer(bytes: content.bytes(of: block)))
        }
    }

    private func tick(_ download: inout Download, _ milliseconds: Int) -> [DownloadAction] {
        download.take([.tick(canRead: true)], at: .milliseconds(milliseconds))
    }

    @Test("What was asked for over the relay comes by it, all else by the better link, and nothing twice")
    func takenOver() throws {
        var download = start()
        let byRelay = requests(to: 0, join(&download, 0, .relayed))
        #expect(!byRelay.isEmpty)
        var direct = requests(to: 1, join(&download, 1, .direct, at: .milliseconds(10)))
        let first = direct.removeFirst()
        #expect(end(0, tick(&download, 50)) == nil, "the new link has shown nothing yet")
        direct += requests(to: 1, download.take([.received(LinkID(1), try blocks([first]))], at: .milliseconds(60)))
        let actions = tick(&download, 100)
        #expect(end(0, actions) == nil, "blocks are on their way")
        direct += requests(to: 1, actions)
        let after = download.take([.received(LinkID(0), try blocks(byRelay))], at: .milliseconds(200))
        #expect(requests(to: 0, after).isEmpty)
        direct += requests(to: 1, after)
        #expect(end(0, tick(&download, 300)) == .superseded)
        #expect(Set(direct).isDisjoint(with: byRelay))
        #expect(Set(direct).count == direct.count)
        let kept = download.take([.received(LinkID(1), try blocks(direct))], at: .milliseconds(400))
        #expect(end(1, kept) == nil)
    }

    @Test("A better link that gives nothing yet takes nothing over")
    func choked() throws {
        var download = start()
        let byRelay = requests(to: 0, join(&download, 0, .relayed))
        _ = join(&download, 1, .punched, unchoked: false)
        _ = tick(&download, 100)
        let after = download.take([.received(LinkID(0), try blocks(byRelay))], at: .milliseconds(200))
        #expect(!requests(to: 0, after).isEmpty)
        let later = requests(to: 0, after)
        let unchoked = download.take([.received(LinkID(1), [.unchoke])], at: .milliseconds(300))
        let first = try #require(requests(to: 1, unchoked).first)
        _ = download.take([.received(LinkID(1), try blocks([first]))], at: .milliseconds(350))
        #expect(end(0, tick(&download, 400)) == nil)
        let last = download.take([.received(LinkID(0), try blocks(later))], at: .milliseconds(500))
        #expect(requests(to: 0, last).isEmpty)
        #expect(end(0, tick(&download, 600)) == .superseded)
    }

    @Test("Where the better link is lost before, the relay goes on")
    func revived() throws {
        var download = start()
        let byRelay = requests(to: 0, join(&download, 0, .relayed))
        _ = join(&download, 1, .direct)
        _ = tick(&download, 100)
        let lost = download.take([.closed(LinkID(1), .closedByPeer)], at: .milliseconds(150))
        let after = download.take([.received(LinkID(0), try blocks(byRelay))], at: .milliseconds(200))
        #expect(!(requests(to: 0, lost) + requests(to: 0, after)).isEmpty)
        #expect(end(0, tick(&download, 300)) == nil)
    }

    @Test("A relay takes nothing over, and nothing that is as good does")
    func refused() {
        var download = start()
        _ = join(&download, 0, .direct)
        #expect(end(1, join(&download, 1, .relayed)) == .refused)
        #expect(end(2, join(&download, 2, .punched)) == .refused)
        var other = start()
        _ = join(&other, 0, .relayed)
        #expect(end(1, join(&other, 1, .relayed)) == .refused)
    }

    /// When better ways to hans are looked for, where he gives a block each tenth of a second.
    private func looks(
        isDialled: Bool, until end: Int, _ meanwhile: (inout Download, Int) -> Void = { _, _ in }
    ) throws -> [Int] {
        var download = start()
        _ = download.take([], at: .zero)
        var open = requests(
            to: 0,
            download.take(
                [
                    .opened(
                        LinkID(0), member: hans, abilities: PeerAbilities(), isDialled: isDialled, path: .relayed),
                    .received(LinkID(0), [.haveAll, .unchoke]),
                ], at: .zero))
        var looks: [Int] = []
        for time in stride(from: 100, through: end, by: 100) {
            meanwhile(&download, time)
            let actions = tick(&download, time)
            for case .lookForBetterWays(let members) in actions {
                #expect(members == [hans])
                looks.append(time)
            }
            open += requests(to: 0, actions)
            guard !open.isEmpty else { continue }
            let answer = try blocks([open.removeFirst()])
            open += requests(to: 0, download.take([.received(LinkID(0), answer)], at: .milliseconds(time)))
        }
        return looks
    }

    /// The sources that were asked for at the start were not found yet: that keeps nobody from looking.
    @Test("While a relay carries a link, a better way is looked for every five seconds")
    func lookedFor() throws {
        #expect(try looks(isDialled: true, until: 16_000) == [5_000, 10_000, 15_000])
    }

    @Test("Who was dialled leaves that to the other end")
    func leftToTheOther() throws { #expect(try looks(isDialled: false, until: 16_000).isEmpty) }

    @Test("Nothing is looked for once a better way is there, nor before the pause where it is lost again")
    func lookedForAnew() throws {
        let looks = try looks(isDialled: true, until: 16_000) { download, time in
            if time == 9_000 { _ = join(&download, 1, .direct, at: .milliseconds(time)) }
            if time == 11_000 { _ = download.take([.closed(LinkID(1), .closedByPeer)], at: .milliseconds(time)) }
        }
        #expect(looks == [5_000, 15_000])
    }

    @Test("A link that is silent for three seconds has its member dialled anew, and gives way to whatever comes of it")
    func cut() throws {
        var download = start()
        _ = call(download.take([], at: .zero))
        _ = download.take([.asked], at: .zero)
        let open = requests(to: 0, join(&download, 0, .direct))
        _ = download.take([.received(LinkID(0), try blocks([open[0]]))], at: .zero)
        #expect(call(tick(&download, 2_900)) == nil)
        #expect(end(1, join(&download, 1, .relayed, at: .milliseconds(2_950))) == .refused)
        let request = try #require(call(tick(&download, 3_000)))
        #expect(request.linked.isEmpty)
        let joined = join(&download, 2, .relayed, at: .milliseconds(4_500))
        let first = try #require(requests(to: 2, joined).first)
        #expect(end(0, tick(&download, 4_600)) == nil, "whichever delivers first stays")
        let delivered = download.take([.received(LinkID(2), try blocks([first]))], at: .milliseconds(4_700))
        let settled = tick(&download, 4_800)
        #expect(end(0, settled) == .superseded)
        #expect(!requests(to: 2, delivered + settled).isEmpty)
        #expect(notices(joined + delivered + settled).isEmpty, "nobody is lost")
    }

    @Test("Where the silent one delivers after all, the new one goes")
    func slowButAlive() throws {
        var download = start()
        let open = requests(to: 0, join(&download, 0, .direct))
        _ = download.take([.received(LinkID(0), try blocks([open[0]]))], at: .zero)
        _ = tick(&download, 3_000)
        let asked = requests(to: 1, join(&download, 1, .direct, at: .milliseconds(3_100)))
        _ = download.take([.received(LinkID(0), try blocks([open[1]]))], at: .milliseconds(3_200))
        #expect(end(1, tick(&download, 3_300)) == nil, "it has been asked")
        _ = download.take([.received(LinkID(1), try blocks(asked))], at: .milliseconds(3_400))
        let settled = tick(&download, 3_500)
        #expect(end(1, settled) == .superseded && end(0, settled) == nil)
    }

    /// A block takes that long there, and word of anything is a sign of life.
    @Test("Who is slow, or says something, is not doubted")
    func alive() throws {
        var download = start()
        _ = call(download.take([], at: .zero))
        _ = download.take([.asked], at: .zero)
        let open = requests(to: 0, join(&download, 0, .direct))
        for second in 1...3 {
            _ = download.take([.received(LinkID(0), try blocks([open[second]]))], at: .seconds(second * 2))
        }
        #expect(call(tick(&download, 9_900)) == nil)
        _ = download.take([.received(LinkID(0), [.have(piece: 7)])], at: .milliseconds(9_950))
        #expect(call(tick(&download, 11_000)) == nil)
    }

    @Test("Another device that has less takes over what it has")
    func another() throws {
        var download = start()
        let byRelay = requests(to: 0, join(&download, 0, .relayed))
        var field = [UInt8](repeating: 0, count: 50)
        field[49] = 1
        let joined = download.take(
            [
                .opened(LinkID(1), member: hans, abilities: PeerAbilities(), path: .direct),
                .received(LinkID(1), [.bitfield(field), .unchoke]),
            ], at: .milliseconds(10))
        let asked = requests(to: 1, joined)
        #expect(asked.map(\.piece) == [399])
        _ = download.take([.received(LinkID(1), try blocks(asked))], at: .milliseconds(20))
        #expect(end(0, tick(&download, 100)) == nil)
        let after = download.take([.received(LinkID(0), try blocks(byRelay))], at: .milliseconds(200))
        #expect(!requests(to: 0, after).isEmpty)
        #expect(end(0, tick(&download, 300)) == nil)
    }

    @Test("One that delivers again before another is there stays")
    func slow() throws {
        var download = start()
        let open = requests(to: 0, join(&download, 0, .direct))
        _ = tick(&download, 3_000)
        _ = download.take([.received(LinkID(0), try blocks([open[0]]))], at: .milliseconds(3_100))
        #expect(end(1, join(&download, 1, .relayed, at: .milliseconds(3_200))) == .refused)
    }

    @Test("Where another link of its member takes the place of one that is dead, nobody is lost")
    func replaced() throws {
        let me = try #require(UserName("anna"))
        var swarm = Swarm(fetching: start(), as: me, seed: 1)
        func notices(_ actions: [SwarmAction]) -> [DownloadNotice] {
            actions.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
        }
        _ = swarm.take(
            [.opened(LinkID(0), member: hans, abilities: PeerAbilities(), isDialled: false, path: .direct)], at: .zero)
        let redialled = swarm.take(
            [.opened(LinkID(1), member: hans, abilities: PeerAbilities(), isDialled: true, path: .relayed)],
            at: .seconds(3))
        #expect(redialled.contains { if case .close(LinkID(0), .stalled) = $0 { true } else { false } })
        #expect(notices(redialled).isEmpty)
        let lost = swarm.take([.closed(LinkID(1), .closedByPeer)], at: .seconds(4))
        #expect(notices(lost) == [.sourceLost(hans, .closedByPeer)])
    }

    /// Each way there and back, at moments that nobody chose.
    @Test("Whenever ways open and close, all comes, and little of it twice", arguments: 0..<60)
    mutating func whenever(number: Int) throws {
        random = SeededRandom(seed: 0x7A6E_0000 + UInt64(number))
        let content = try SimulatedContent(size: 24 << 20, using: &random)
        let me = try SimulatedPeer("me", holding: .nothing, uplink: 1_000_000, downlink: 1_000_000)
        let seeder = try SimulatedPeer("seeder", uplink: 1_000_000, downlink: 1_000_000)
        // A second who fetches is linked with both, and may be done first: the link to the other one is then his own.
        let other = try SimulatedPeer(
            number % 4 < 2 ? "anna" : "zoe",
            holding: .pieces(Array(content.geometry.pieces.prefix(200 * (number % 3)))),
            uplink: 1_000_000, downlink: 1_000_000)
        let peers = number.isMultiple(of: 2) ? [me, seeder] : [me, seeder, other]
        var swarm = SwarmSimulator(content, peers, seed: random.next())
        var moment = Double.random(in: 0..<4, using: &random)
        swarm.directSpans = (0..<3).map { _ in
            let end = moment + .random(in: 1..<9, using: &random)
            defer { moment = end + .random(in: 1..<9, using: &random) }
            return .seconds(moment)..<(.seconds(end))
        }
        let isDone = swarm.run()
        #expect(isDone && swarm.nodes.allSatisfy { $0.isWhole }, "\(swarm.directSpans)")
        guard peers.count == 2 else { return }
        // Only what was in flight when a way was cut comes twice: at most what is asked for at once, each time.
        let twice = swarm.nodes[1].sentBytes - content.bytes.count
        #expect(twice <= 3 * 2_000_000, "\(twice) bytes twice, \(swarm.directSpans)")
        let finish = try #require(swarm.nodes[0].finishedAt)
        let isTakenOver = swarm.directSpans.contains { span in
            span.lowerBound > .seconds(1) && min(span.upperBound, finish) - span.lowerBound > .seconds(7)
        }
        #expect(!isTakenOver || swarm.nodes[0].ends.contains(.superseded), "\(swarm.directSpans)")
    }

    @Test("Two links that cross: the better one stays, whoever dialled it")
    func crossing() throws {
        let me = try #require(UserName("anna"))
        func swarm() -> Swarm {
            Swarm(fetching: start(), as: me, seed: 1)
        }
        func open(_ swarm: inout Swarm, _ link: Int, isDialled: Bool, _ path: LinkPath) -> [SwarmAction] {
            swarm.take(
                [.opened(LinkID(link), member: hans, abilities: PeerAbilities(), isDialled: isDialled, path: path)],
                at: .zero)
        }
        func closed(_ actions: [SwarmAction]) -> [Int] {
            actions.compactMap { if case .close(let id, _) = $0 { id.value } else { nil } }
        }
        var first = swarm()
        _ = open(&first, 0, isDialled: true, .direct)
        #expect(closed(open(&first, 1, isDialled: false, .relayed)) == [1])
        var second = swarm()
        _ = open(&second, 0, isDialled: true, .relayed)
        #expect(closed(open(&second, 1, isDialled: false, .direct)) == [])
        var third = swarm()
        _ = open(&third, 0, isDialled: false, .relayed)
        #expect(closed(open(&third, 1, isDialled: true, .relayed)) == [0])
    }
}
