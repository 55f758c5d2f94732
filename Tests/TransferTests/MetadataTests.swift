import Content
import TestKit
import Testing
import Transfer
import Wire

/// A folder's info dictionary, from one machine to the other and from liars.
struct MetadataTests {
    enum Behaviour {
        case honest
        case rejects
        case silent
        /// Claims another size, and gives zeros.
        case otherSize(Int)
        /// Gives a false piece.
        case lies(Set<Int>)
        /// Gives pieces that are too short.
        case short
        /// Goes after so many pieces.
        case leaves(after: Int)
    }

    private static func info(files: Int) throws -> InfoDictionary {
        let entries = try (0..<files).map { number in
            let content = try #require(ContentID(root: Hash256(hashing: Array("\(number)".utf8)), size: 5))
            return try #require(FileTreeEntry(path: [Array("file \(number)".utf8)], content: content))
        }
        return try InfoDictionary.folder(entries, certificate: Array("pem".utf8))
    }

    /// A fetch and its peers; each answers after a second, one request at a time.
    private struct Scene {
        let info: InfoDictionary
        var fetch: MetadataFetch
        var peers: [Behaviour]
        var servings: [MetadataServing]
        var asked: [LinkID: [Int]] = [:]
        var faults: [LinkID: MetadataFault] = [:]
        var finished: InfoDictionary?
        var failure: MetadataFailure?
        var now = Duration.zero
        private var inbox: [MetadataEvent] = []

        init(_ info: InfoDictionary, _ peers: [Behaviour]) throws {
            self.info = info
            self.peers = peers
            fetch = MetadataFetch(infoHash: info.infoHash)
            servings = try peers.map { _ in try #require(MetadataServing(info)) }
            for (number, peer) in peers.enumerated() {
                var size = info.bytes.count
                if case .otherSize(let claimed) = peer { size = claimed }
                inbox.append(.offered(LinkID(number), size: size))
            }
        }

        /// Until the fetch is over, for ten minutes at most.
        mutating func run() {
            while !fetch.isOver, now < .seconds(600) {
                let events = inbox + [.tick]
                inbox = []
                perform(fetch.take(events, at: now))
                now += .seconds(1)
            }
        }

        private mutating func perform(_ actions: [MetadataAction]) {
            for action in actions {
                switch action {
                case .request(let link, let piece):
                    asked[link, default: []].append(piece)
                    answer(piece, link)
                case .passOver(let link, let fault): faults[link] = fault
                case .finished(let info): finished = info
                case .failed(let failure): self.failure = failure
                }
            }
        }

        private mutating func answer(_ piece: Int, _ link: LinkID) {
            let position = link.value
            let size = info.bytes.count
            guard servings[position].received(.request(piece: piece)), let honest = servings[position].next(),
                case .data(_, _, var bytes) = honest
            else { return }
            switch peers[position] {
            case .honest: inbox.append(.received(link, honest))
            case .rejects: inbox.append(.received(link, .reject(piece: piece)))
            case .silent: break
            case .otherSize(let claimed):
                let length = min(MetadataMessage.pieceLength, claimed - piece * MetadataMessage.pieceLength)
                let zeros = [UInt8](repeating: 0, count: length)
                inbox.append(.received(link, .data(piece: piece, totalSize: claimed, bytes: zeros)))
            case .lies(let pieces):
                if pieces.contains(piece) { bytes[0] ^= 1 }
                inbox.append(.received(link, .data(piece: piece, totalSize: size, bytes: bytes)))
            case .short:
                inbox.append(.received(link, .data(piece: piece, totalSize: size, bytes: Array(bytes.dropLast()))))
            case .leaves(let count):
                if asked[link]?.count ?? 0 > count {
                    inbox.append(.closed(link))
                } else {
                    inbox.append(.received(link, honest))
                }
            }
        }
    }

    @Test("A dictionary comes over one link or several, each of which gives a part", arguments: [1, 200, 6_000])
    func honest(files: Int) throws {
        let info = try Self.info(files: files)
        for count in 1...3 {
            var scene = try Scene(info, Array(repeating: .honest, count: count))
            scene.run()
            #expect(scene.finished == info && scene.faults.isEmpty)
            let pieces = MetadataMessage.pieceCount(of: info.bytes.count)
            #expect(scene.asked.values.flatMap(\.self).sorted() == Array(0..<pieces))
            if pieces > 16 { #expect(scene.asked.count == count) }
        }
    }

    @Test("Who is patient goes on without anybody until he is told that nobody will come")
    func patient() throws {
        var limits = MetadataLimits()
        limits.isPatient = true
        let info = try Self.info(files: 1)
        var fetch = MetadataFetch(infoHash: info.infoHash, limits: limits)
        #expect(fetch.take([.giveUp], at: .seconds(44)) == [])
        #expect(fetch.take([.tick], at: .seconds(86_400)) == [])
        #expect(!fetch.isOver)
        #expect(fetch.take([.giveUp], at: .seconds(86_400)) == [.failed(.noSources)])
        #expect(fetch.isOver)
    }

    @Test("Whoever rejects, is silent, lies about the size or gives short pieces is passed over")
    func passedOver() throws {
        let info = try Self.info(files: 3_000)
        var scene = try Scene(
            info,
            [.rejects, .silent, .otherSize(100), .otherSize(MetadataMessage.maximumSize + 1), .short, .honest])
        scene.run()
        #expect(scene.finished == info)
        #expect(scene.faults[LinkID(0)] == .rejected)
        #expect(scene.faults[LinkID(1)] == .stalled)
        #expect(scene.faults[LinkID(3)] == .badSize)
        #expect(scene.faults[LinkID(4)] == .badPiece)
        #expect(scene.faults[LinkID(5)] == nil)
    }

    @Test("Where several gave a part and it came out wrong, each is tried alone, and in the end the liars are known")
    func liars() throws {
        let info = try Self.info(files: 6_000)
        let pieces = Set(0..<MetadataMessage.pieceCount(of: info.bytes.count))
        var scene = try Scene(info, [.lies(pieces), .honest, .lies(pieces)])
        scene.run()
        #expect(scene.finished == info)
        #expect(scene.faults == [LinkID(0): .lied, LinkID(2): .lied])
    }

    @Test("One liar alone is told at once, and the fetch ends when nobody gives anything for half a minute")
    func lonelyLiar() throws {
        let info = try Self.info(files: 10)
        var scene = try Scene(info, [.lies([0])])
        scene.run()
        #expect(scene.faults == [LinkID(0): .lied])
        #expect(scene.finished == nil && scene.failure == .noSources)
        #expect(scene.now < .seconds(50))
    }

    @Test("However many are silent when they are tried alone, the honest one has his turn")
    func silentOnes() throws {
        let info = try Self.info(files: 100)
        var scene = try Scene(info, [.lies([0]), .silent, .silent, .silent, .silent, .lies([0]), .honest])
        scene.run()
        #expect(scene.finished == info)
        #expect(scene.faults[LinkID(6)] == nil)
    }

    @Test("Who claims a huge dictionary and gives it bit by bit keeps nobody waiting")
    func huge() throws {
        let info = try Self.info(files: 1_000)
        let size = MetadataMessage.maximumSize
        var scene = try Scene(info, [.otherSize(size), .otherSize(size - 1), .honest, .otherSize(size)])
        scene.run()
        #expect(scene.finished == info && scene.faults[LinkID(2)] == nil)
        #expect(scene.now < .seconds(10))
    }

    @Test("A smaller size that more liars claim costs their tries, no more")
    func outvoted() throws {
        let info = try Self.info(files: 1_000)
        var scene = try Scene(info, [.otherSize(20_000), .honest, .otherSize(20_000), .otherSize(20_000)])
        scene.run()
        #expect(scene.finished == info)
        #expect(scene.faults[LinkID(1)] == nil)
    }

    @Test("What a link leaves behind is asked of the others")
    func leaving() throws {
        let info = try Self.info(files: 3_000)
        var scene = try Scene(info, [.leaves(after: 3), .honest])
        scene.run()
        #expect(scene.finished == info && scene.faults.isEmpty)
    }

    @Test("Where one link is honest the dictionary comes, whatever the others do, and he is blamed for nothing")
    func random() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(300) {
            let info = try Self.info(files: Int.random(in: 1...1_000, using: &random))
            let count = MetadataMessage.pieceCount(of: info.bytes.count)
            var peers = (0..<Int.random(in: 0...5, using: &random)).map { _ -> Behaviour in
                switch Int.random(in: 0..<7, using: &random) {
                case 0: .rejects
                case 1: .silent
                case 2: .otherSize(Int.random(in: 1...100_000, using: &random))
                case 3: .lies([Int.random(in: 0..<count, using: &random)])
                case 4: .short
                case 5: .leaves(after: Int.random(in: 0...count, using: &random))
                default: .honest
                }
            }
            let honest = Int.random(in: 0...peers.count, using: &random)
            peers.insert(.honest, at: honest)
            var scene = try Scene(info, peers)
            scene.run()
            #expect(scene.finished == info, "seed \(random.seed), \(peers)")
            #expect(scene.faults[LinkID(honest)] == nil, "seed \(random.seed), \(peers)")
        }
    }

    @Test("A dictionary that has its hash and makes no sense is its publisher's fault")
    func malformed() {
        let bytes = Array("d4:name1:ae".utf8)
        var fetch = MetadataFetch(infoHash: InfoHash(Hash256(hashing: bytes)))
        let link = LinkID(0)
        #expect(fetch.take([.offered(link, size: bytes.count)], at: .zero) == [.request(link, piece: 0)])
        let answer = MetadataEvent.received(link, .data(piece: 0, totalSize: bytes.count, bytes: bytes))
        #expect(fetch.take([answer], at: .zero) == [.failed(.malformed(.malformed("meta version")))])
        #expect(fetch.take([.tick], at: .seconds(100)).isEmpty)
    }

    @Test("What nobody asked for is thrown away")
    func unasked() {
        var fetch = MetadataFetch(infoHash: InfoHash(.zero))
        let link = LinkID(0)
        let piece = MetadataEvent.received(link, .data(piece: 0, totalSize: 1, bytes: [1]))
        #expect(
            fetch.take([piece, .received(link, .reject(piece: 3)), .received(link, .request(piece: 0))], at: .zero)
                == [])
        #expect(fetch.take([.offered(link, size: 20_000)], at: .zero).count == 2)
        let other = MetadataEvent.received(LinkID(1), .data(piece: 0, totalSize: 1, bytes: [1]))
        #expect(fetch.take([other, .offered(LinkID(1), size: 0)], at: .zero) == [.passOver(LinkID(1), .badSize)])
    }

    // MARK: Serving

    @Test("A server rejects pieces that there are not, too many that wait, and who fetches without end")
    func servingBounds() throws {
        let info = try Self.info(files: 2_000)
        let count = MetadataMessage.pieceCount(of: info.bytes.count)
        var serving = try #require(MetadataServing(info))
        #expect(serving.size == info.bytes.count)
        let outside = serving.received(.request(piece: count))
        #expect(!outside)
        #expect(serving.next() == .reject(piece: count))
        let useless = [.reject(piece: 0), .data(piece: 0, totalSize: 1, bytes: [1])].map { serving.received($0) }
        #expect(useless == [false, false])
        #expect(serving.next() == nil)

        for _ in 0..<2 * count {
            guard serving.received(.request(piece: count - 1)),
                case .data(count - 1, info.bytes.count, let bytes) = serving.next()
            else {
                Issue.record("no data")
                return
            }
            #expect(bytes == Array(info.bytes[((count - 1) * MetadataMessage.pieceLength)...]))
        }
        let further = serving.received(.request(piece: 0))
        #expect(!further)
        #expect(serving.next() == .reject(piece: 0))
    }

    @Test("Requests wait for the transport, and those beyond what may wait are rejected")
    func servingQueue() throws {
        var serving = try #require(MetadataServing(try Self.info(files: 20_000)))
        let taken = (0..<100).map { serving.received(.request(piece: $0)) }
        #expect(taken == (0..<100).map { $0 < 64 })
        let answers = (0..<100).compactMap { _ in serving.next() }
        #expect(answers.count == 100 && serving.next() == nil)
        #expect(answers.prefix(36) == (64..<100).map { .reject(piece: $0) }[...])
    }
}
