import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// What is asked for while somebody reads what comes.
struct PlayHeadTests {
    private let content: SimulatedContent
    private var random = SeededRandom.fresh()
    private var geometry: Geometry { content.geometry }

    /// 200 pieces of one block.
    init() throws { content = try SimulatedContent(size: 200 * 16_384, using: &random) }

    private func start(limits: DownloadLimits = DownloadLimits()) -> Download {
        Download(layout: content.layout, hashes: content.hashes, limits: limits, seed: 1)
    }

    private func opening(_ link: Int) throws -> [DownloadEvent] {
        [
            .opened(LinkID(link), member: try #require(UserName("peer\(link)")), abilities: PeerAbilities()),
            .received(LinkID(link), [.haveAll, .unchoke]),
        ]
    }

    private func sent(to link: Int, _ actions: [DownloadAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in
            if case .send(LinkID(link), let messages) = action { messages } else { [] }
        }
    }

    private func requests(to link: Int, _ actions: [DownloadAction]) -> [BlockRequest] {
        sent(to: link, actions).compactMap { if case .request(let request) = $0 { request } else { nil } }
    }

    private func pieces(to link: Int, _ actions: [DownloadAction]) -> [Int] {
        requests(to: link, actions).map { Int($0.piece) }
    }

    private func cancelled(to link: Int, _ actions: [DownloadAction]) -> [Int] {
        sent(to: link, actions).compactMap { if case .cancel(let request) = $0 { Int(request.piece) } else { nil } }
    }

    private func answer(_ request: BlockRequest, of content: SimulatedContent) throws -> PeerMessage {
        let block = try #require(
            content.geometry.block(
                piece: Int(request.piece), begin: Int(request.begin), length: Int(request.length)))
        return .piece(piece: request.piece, begin: request.begin, data: ByteBuffer(bytes: content.bytes(of: block)))
    }

    private func stored(_ actions: [DownloadAction]) -> [DownloadEvent] {
        actions.compactMap { action in
            guard case .store(let job) = action else { return nil }
            return .stored(first: job.first, hashes: job.blocks.map { Hash256(hashing: $0.readableBytesView) })
        }
    }

    // MARK: Order

    @Test("What is read next comes first, in its order; then what comes anyway")
    func order() throws {
        var download = start()
        let asked = pieces(to: 0, download.take(try [.prefer([100..<110])] + opening(0), at: .zero))
        #expect(Array(asked.prefix(10)) == Array(100..<110))
        #expect(asked.count == DownloadLimits().initialWindow)
        #expect(Set(asked).count == asked.count)
    }

    @Test("Two readers have their turns, and what both come to is asked for once")
    func twoReaders() throws {
        var download = start()
        let asked = pieces(to: 0, download.take(try [.prefer([10..<13, 100..<103, 11..<14])] + opening(0), at: .zero))
        #expect(Array(asked.prefix(7)) == [10, 100, 11, 101, 12, 102, 13])
        #expect(Set(asked).count == asked.count)
    }

    @Test("What is not there to be fetched is passed over: what does not exist, is here, or is not wanted")
    func unneeded() throws {
        let wanted = (150..<200).compactMap { geometry.piece($0) }
        var download = Download(
            layout: content.layout, verified: [wanted[47]], wanted: wanted, hashes: content.hashes, seed: 1)
        let actions = download.take(try [.prefer([140..<152, 196..<1_000, -5..<3])] + opening(0), at: .zero)
        #expect(Array(pieces(to: 0, actions).prefix(5)) == [150, 196, 151, 198, 199])
    }

    @Test("Several links begin with the same piece, each with other blocks of it")
    mutating func shared() throws {
        let content = try SimulatedContent(size: 8 << 20, pieceLength: 2 << 20, using: &random)
        var download = Download(layout: content.layout, hashes: content.hashes, seed: 1)
        let actions = download.take(try [.prefer([2..<3])] + opening(0) + opening(1), at: .zero)
        let (first, second) = (requests(to: 0, actions), requests(to: 1, actions))
        #expect((first + second).allSatisfy { $0.piece == 2 })
        #expect(Set(first + second).count == first.count + second.count)
        #expect(first.count + second.count == 128)
    }

    @Test("While nobody reads, nothing is different")
    func nobody() throws {
        var (read, unread) = (start(), start())
        let left = read.take(try [.prefer([5..<8]), .prefer([])] + opening(0), at: .zero)
        let right = unread.take(try opening(0), at: .zero)
        #expect(pieces(to: 0, left) == pieces(to: 0, right))
    }

    @Test("Hashes of what is read next are asked for before others")
    mutating func hashes() throws {
        let content = try SimulatedContent(
            fileSizes: Array(repeating: 3 * 65_536, count: 300), pieceLength: 65_536, using: &random)
        var download = Download(layout: content.layout, seed: 1)
        let actions = download.take(try [.prefer([898..<900])] + opening(0), at: .zero)
        let roots = sent(to: 0, actions).compactMap { message -> Hash256? in
            if case .hashRequest(let request) = message { request.root } else { nil }
        }
        #expect(roots.first == content.layout.content(of: 299).root)
    }

    // MARK: Changes

    @Test("A reader who goes elsewhere has what is asked for and far away taken back")
    func jump() throws {
        var download = start()
        let first = requests(to: 0, download.take(try [.prefer([100..<110])] + opening(0), at: .zero))
        let before = Set(first.map { Int($0.piece) })
        let actions = download.take([.prefer([20..<30])], at: .milliseconds(10))
        let missing = (20..<30).filter { !before.contains($0) }
        #expect(Array(pieces(to: 0, actions).prefix(missing.count)) == missing)
        #expect(Set(cancelled(to: 0, actions)) == before.subtracting(20..<30))
        // What was on its way nevertheless counts.
        let arrived = download.take(
            [.received(LinkID(0), [try answer(first[0], of: content)])], at: .milliseconds(20))
        #expect(stored(arrived).count == 1)
    }

    @Test("A reader who goes on takes nothing back")
    func advance() throws {
        var download = start()
        _ = download.take(try [.prefer([100..<110])] + opening(0), at: .zero)
        for position in 101...110 {
            let actions = download.take([.prefer([position..<position + 10])], at: .milliseconds(position))
            #expect(cancelled(to: 0, actions).isEmpty)
        }
    }

    @Test("What a link is late with is asked of another, and taken back when that has brought it")
    func late() throws {
        var limits = DownloadLimits()
        limits.initialWindow = 8
        var download = start(limits: limits)
        // Two readers at the same place.
        let heads = DownloadEvent.prefer([100..<104, 100..<102])
        var open = requests(to: 1, download.take(try [heads] + opening(0) + opening(1), at: .zero))
        #expect(open.allSatisfy { !(100..<104).contains($0.piece) })
        var (again, back): ([Int], [Int]) = ([], [])
        var events: [DownloadEvent] = []
        // The second gives ten blocks a second and more, the first none.
        for step in 1..<29 {
            let actions = download.take(events + [.tick(canRead: true)], at: .milliseconds(100 * step))
            open += requests(to: 1, actions)
            again += pieces(to: 1, actions).filter { (100..<104).contains($0) }
            back += cancelled(to: 0, actions).filter { (100..<104).contains($0) }
            if step < 10 { #expect(again.isEmpty) }
            events = stored(actions) + [.received(LinkID(1), try open.prefix(4).map { try answer($0, of: content) })]
            open.removeFirst(min(4, open.count))
        }
        #expect(again.first == 100 && Set(again).count == again.count)
        #expect(back.contains(100))
    }

    /// Whatever readers, links and time do, all of it arrives, and no block is asked of more than two.
    @Test("Readers who jump about spoil nothing", arguments: 0..<20)
    mutating func chance(round: Int) throws {
        let content = try SimulatedContent(size: 100 * 16_384 + 5, pieceLength: 65_536, using: &random)
        var download = Download(layout: content.layout, hashes: content.hashes, seed: random.next())
        var open: [LinkID: [BlockRequest]] = [:]
        var events = try (0..<3).flatMap { try opening($0) }
        var verified: Set<PieceIndex> = []
        var isFinished = false
        for step in 0..<3_000 where !isFinished {
            let actions = download.take(events, at: .milliseconds(50 * step))
            events = stored(actions) + [.tick(canRead: true)]
            for action in actions {
                if case .finished = action { isFinished = true }
                if case .close(let link, _) = action { open[link] = nil }
                if case .verified(let pieces) = action {
                    for piece in pieces { #expect(verified.insert(piece).inserted, "seed \(random.seed)") }
                }
            }
            for link in 0..<3 {
                for message in sent(to: link, actions) {
                    if case .request(let request) = message { open[LinkID(link), default: []].append(request) }
                    if case .cancel(let request) = message, let place = open[LinkID(link)]?.firstIndex(of: request) {
                        open[LinkID(link)]?.remove(at: place)
                        // It may be answered nevertheless.
                        let isOnItsWay = Bool.random(using: &random)
                        let answer = isOnItsWay ? try answer(request, of: content) : .reject(request)
                        events.append(.received(LinkID(link), [answer]))
                    }
                }
                let given = open[LinkID(link)]?.prefix(Int.random(in: 0...link, using: &random)) ?? []
                open[LinkID(link)]?.removeFirst(given.count)
                events.append(.received(LinkID(link), try given.map { try answer($0, of: content) }))
            }
            for (request, links) in Dictionary(grouping: open.values.flatMap(\.self), by: \.self) {
                #expect(links.count <= 2, "\(request), seed \(random.seed)")
            }
            if Int.random(in: 0..<5, using: &random) == 0 {
                let readers = Int.random(in: 0...3, using: &random)
                events.append(
                    .prefer(
                        (0..<readers).map { _ in
                            let first = Int.random(in: 0..<26, using: &random)
                            return first..<first + Int.random(in: 0...4, using: &random)
                        }))
            }
        }
        #expect(isFinished && verified.count == content.geometry.pieceCount, "seed \(random.seed)")
    }

    // MARK: The swarm

    @Test("Holders who reveal piece by piece are told that the order is not theirs, once, and so are later ones")
    func telling() throws {
        var swarm = Swarm(fetching: start(), as: try #require(UserName("me")), seed: 1)
        func parts(_ actions: [SwarmAction], _ link: Int) -> [Bool] {
            actions.flatMap { action -> [Bool] in
                guard case .send(LinkID(link), let messages) = action else { return [] }
                return messages.compactMap { message in
                    guard case .extended(0, let payload) = message else { return nil }
                    return (try? ExtensionHandshake(decoding: Array(payload.readableBytesView)))?.wantsPart
                }
            }
        }
        func open(_ link: Int) throws -> [SwarmAction] {
            let member = try #require(UserName("peer\(link)"))
            return swarm.take(
                [.opened(LinkID(link), member: member, abilities: PeerAbilities(), isDialled: true)], at: .zero)
        }
        #expect(parts(try open(0), 0) == [false])
        #expect(parts(swarm.take([.download(.prefer([3..<4]))], at: .zero), 0) == [true])
        #expect(parts(swarm.take([.download(.prefer([5..<6]))], at: .zero), 0) == [])
        #expect(parts(try open(1), 1) == [true])
    }
}
