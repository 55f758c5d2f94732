import Content
import NIOCore
import TestKit
import Testing
import Transfer
import Wire

/// What one link is served, and what a hostile peer gets.
struct UploadTests {
    private let content: SimulatedContent
    private var geometry: Geometry { content.geometry }

    init() throws {
        var random = SeededRandom.fresh()
        content = try SimulatedContent(size: 5_000_001, pieceLength: 1 << 18, using: &random)
    }

    private static let largeReads = {
        var limits = UploadLimits()
        limits.firstReadLength = 8 * 16_384
        return limits
    }()

    private func start(
        _ abilities: PeerAbilities = PeerAbilities(), limits: UploadLimits = Self.largeReads, unchoked: Bool = true
    ) throws -> Upload {
        var upload = Upload(
            of: content.layout, holding: .all, offering: .all, hashes: content.hashes, abilities: abilities,
            limits: limits)
        if unchoked {
            let first = sent(upload.take([], at: .zero))
            let unchoke = sent(upload.take([.received([.interested]), .slotGranted(wish: 1)], at: .zero))
            _ = upload.take([.sent(messages: first.count + unchoke.count, bytes: 0)], at: .zero)
        }
        return upload
    }

    private func request(_ block: Int) throws -> BlockRequest {
        let index = try #require(geometry.block(block))
        return BlockRequest(
            piece: UInt32(geometry.piece(of: index).value), begin: UInt32(geometry.offsetInPiece(of: index)),
            length: UInt32(geometry.length(of: index)))
    }

    private func requests(_ blocks: some Sequence<Int>) throws -> [PeerMessage] {
        try blocks.map { .request(try request($0)) }
    }

    private func bytes(_ run: BlockRun) -> ByteBuffer {
        ByteBuffer(bytes: content.bytes[Int(run.offset)..<Int(run.offset) + run.length])
    }

    private func end(_ actions: [UploadAction]) -> UploadEnd? {
        for case .close(let end) in actions { return end }
        return nil
    }

    private func sent(_ actions: [UploadAction]) -> [PeerMessage] {
        actions.flatMap { action -> [PeerMessage] in if case .send(let messages) = action { messages } else { [] } }
    }

    private func reads(_ actions: [UploadAction]) -> [BlockRun] {
        actions.compactMap { if case .read(let run) = $0 { run } else { nil } }
    }

    /// libtorrent 2.0 asks for the last block as for a whole one.
    @Test("A short last block is also given with zeros behind it, to whoever asks for it so")
    func padding() throws {
        let last = geometry.blockCount - 1
        var whole = try request(last)
        #expect(whole.length < 16_384)
        let length = Int(whole.length)
        whole.length = 16_384
        var upload = try start()
        let run = try #require(reads(upload.take([.received([.request(whole)])], at: .zero)).first)
        #expect(run.length == length)
        let expected = bytes(run).readableBytesView + [UInt8](repeating: 0, count: 16_384 - length)
        let answer = sent(upload.take([.read(run, bytes(run))], at: .zero))
        #expect(
            answer == [.piece(piece: whole.piece, begin: whole.begin, data: ByteBuffer(bytes: Array(expected)))])
        _ = upload.take([.sent(messages: 1, bytes: 16_384)], at: .zero)
        // Where it is given up before it is read, the rejection names what was asked for.
        let others = upload.take([.received(try requests([0]) + [.request(whole), .cancel(whole)])], at: .zero)
        #expect(sent(others) == [.reject(whole)])
    }

    // MARK: Beginning

    @Test("It begins with what it has, and with the length of its queue")
    func beginning() throws {
        var modern = try start(unchoked: false)
        let first = sent(modern.take([], at: .zero))
        #expect(first.first == .haveAll)
        guard case .extended(0, let payload) = first.last else {
            Issue.record("no extension handshake")
            return
        }
        #expect(try ExtensionHandshake(decoding: Array(payload.readableBytesView)).requestQueue == 2_000)

        var old = try start(PeerAbilities(fast: false, extensions: false), unchoked: false)
        #expect(geometry.pieceCount == 20)
        #expect(sent(old.take([], at: .zero)) == [.bitfield([0xFF, 0xFF, 0xF0])])
    }

    @Test("Whoever is interested gets a slot, and is unchoked when it is granted")
    func slots() throws {
        var upload = try start(unchoked: false)
        _ = upload.take([], at: .zero)
        let wish = upload.take([.received([.interested])], at: .zero)
        #expect(wish.contains { if case .wantSlot = $0 { true } else { false } })
        let early = try upload.take([.received(requests(0..<1))], at: .zero)
        #expect(sent(early) == [.reject(try request(0))])
        #expect(sent(upload.take([.slotGranted(wish: 1)], at: .zero)) == [.unchoke])
        let away = upload.take([.received([.notInterested])], at: .zero)
        #expect(sent(away) == [.choke])
        #expect(away.contains { if case .releaseSlot = $0 { true } else { false } })
    }

    @Test("Whose slot is withdrawn is choked, what waited is rejected, and the next slot unchokes again")
    func withdrawnSlot() throws {
        var upload = try start()
        let run = try #require(reads(upload.take([.received(try requests([0, 5, 9]))], at: .zero)).first)
        let choked = upload.take([.slotWithdrawn(wish: 1)], at: .zero)
        #expect(sent(choked) == [.choke, .reject(try request(5)), .reject(try request(9))])
        #expect(!choked.contains { if case .releaseSlot = $0 { true } else { false } })
        // What was being read is still sent.
        #expect(sent(upload.take([.read(run, bytes(run))], at: .zero)).count == 1)
        #expect(sent(upload.take([.received(try requests([5]))], at: .zero)) == [.reject(try request(5))])
        #expect(sent(upload.take([.slotGranted(wish: 1)], at: .zero)) == [.unchoke])
    }

    @Test("A slot that comes for a wish that was taken back unchokes nobody, and withdraws nothing")
    func slotsOutOfDate() throws {
        var upload = try start(unchoked: false)
        _ = upload.take([.received([.interested]), .received([.notInterested, .interested])], at: .zero)
        #expect(sent(upload.take([.slotGranted(wish: 1)], at: .zero)).isEmpty)
        #expect(sent(upload.take([.slotGranted(wish: 2)], at: .zero)) == [.unchoke])
        #expect(sent(upload.take([.slotWithdrawn(wish: 1)], at: .zero)).isEmpty)
        #expect(sent(upload.take([.slotWithdrawn(wish: 2)], at: .zero)) == [.choke])
    }

    // MARK: Blocks

    @Test("Requests that follow each other are read at once and answered in order, more where a link takes more")
    func merging() throws {
        var limits = Self.largeReads
        limits.readLength = 1 << 20
        var upload = try start(limits: limits)
        // As many as are read before anything is known of the link.
        let asked = Array(0..<8) + [100, 101, 7] + Array(20..<60)
        let runs = reads(upload.take([.received(try requests(asked))], at: .zero))
        let run = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(run.offset == 0 && run.length == 8 * 16_384)
        let next = upload.take([.read(run, bytes(run))], at: .zero)
        let pieces = sent(next)
        #expect(pieces.count == 8)
        for (block, message) in zip(0..., pieces) {
            let index = try #require(geometry.block(block))
            let asked = try request(block)
            let data = ByteBuffer(bytes: content.bytes(of: index))
            #expect(message == .piece(piece: asked.piece, begin: asked.begin, data: data))
        }
        #expect(reads(next).isEmpty)
        #expect(upload.sentBytes == 8 * 16_384)
        var rest: [Int] = []
        var actions = upload.take([.sent(messages: 8, bytes: 8 * 16_384)], at: .milliseconds(1))
        while let run = reads(actions).first {
            let count = run.length / 16_384
            rest.append(count)
            let more = upload.take([.read(run, bytes(run))], at: .milliseconds(1))
            actions = more + upload.take([.sent(messages: count, bytes: run.length)], at: .milliseconds(2))
        }
        #expect(rest == [2, 1, 16, 24])
    }

    @Test("The last, short block is served")
    func lastBlock() throws {
        var upload = try start()
        let run = try #require(
            reads(upload.take([.received(try requests([geometry.blockCount - 1]))], at: .zero)).first)
        #expect(run.length == 5_000_001 % 16_384)
        #expect(sent(upload.take([.read(run, bytes(run))], at: .zero)).count == 1)
    }

    @Test("A peer that asks for full blocks at the ends of files, as libtorrent does, gets zeros after their bytes")
    func paddingOfFolders() throws {
        var random = SeededRandom.fresh()
        let content = try SimulatedContent(fileSizes: [1, 20_000, 40_000], pieceLength: 32_768, using: &random)
        var upload = Upload(
            of: content.layout, holding: .all, offering: .all, hashes: content.hashes, abilities: PeerAbilities(),
            limits: Self.largeReads)
        let first = sent(upload.take([.received([.interested]), .slotGranted(wish: 1)], at: .zero))
        _ = upload.take([.sent(messages: first.count, bytes: 0)], at: .zero)
        let requests = [(0, 0), (1, 0), (1, 16_384), (2, 0), (2, 16_384), (3, 0)].map { piece, begin in
            BlockRequest(piece: piece, begin: begin, length: 16_384)
        }
        let run = try #require(reads(upload.take([.received(requests.map { .request($0) })], at: .zero)).first)
        #expect(run.offset == 0 && run.length == 60_001)
        let data = ByteBuffer(bytes: content.bytes)
        let answers = sent(upload.take([.read(run, data)], at: .zero))
        #expect(answers.count == 6)
        for (number, (request, answer)) in zip(requests, answers).enumerated() {
            var bytes = Array(content.bytes(of: try #require(content.geometry.block(number))))
            bytes += [UInt8](repeating: 0, count: 16_384 - bytes.count)
            let data = ByteBuffer(bytes: bytes)
            #expect(answer == .piece(piece: request.piece, begin: request.begin, data: data))
        }
        #expect(upload.sentBytes == 60_001)
        // What is rejected is what was asked for, and beyond the end there is nothing to ask for.
        _ = upload.take([.sent(messages: 6, bytes: 6 * 16_384), .slotWithdrawn(wish: 1)], at: .zero)
        #expect(sent(upload.take([.received([.request(requests[0])])], at: .zero)) == [.reject(requests[0])])
        let beyond = BlockRequest(piece: 0, begin: 16_384, length: 16_384)
        #expect(end(upload.take([.received([.request(beyond)])], at: .zero)) == .link(.violation(.badRequest)))
    }

    @Test("No more is read than is taken by the other side")
    func backPressure() throws {
        var limits = Self.largeReads
        limits.readLength = 4 * 16_384
        var upload = try start(limits: limits)
        var runs = reads(upload.take([.received(try requests(0..<100))], at: .zero))
        #expect(runs.map(\.length) == [4 * 16_384])
        runs = reads(upload.take([.read(runs[0], bytes(runs[0]))], at: .zero))
        #expect(runs.isEmpty)
        runs = reads(upload.take([.sent(messages: 4, bytes: 4 * 16_384)], at: .zero))
        #expect(runs.map(\.offset) == [4 * 16_384])
    }

    @Test("A cancelled request is answered by a reject, not by the block")
    func cancelling() throws {
        var upload = try start()
        let actions = upload.take(
            [.received(try requests(0..<3) + [.cancel(try request(1))])], at: .zero)
        #expect(sent(actions) == [.reject(try request(1))])
        let run = try #require(reads(actions).first)
        #expect(run.length == 16_384)
        let next = upload.take([.read(run, bytes(run))], at: .zero)
        #expect(reads(next).map(\.offset) == [2 * 16_384])
    }

    @Test(
        "A request that the geometry does not know ends the link",
        arguments: [
            BlockRequest(piece: 0, begin: 1, length: 16_384), BlockRequest(piece: 0, begin: 0, length: 16_383),
            BlockRequest(piece: 0, begin: 0, length: 32_768), BlockRequest(piece: 0, begin: 1 << 18, length: 16_384),
            BlockRequest(piece: 20, begin: 0, length: 16_384), BlockRequest(piece: 19, begin: 0, length: 0),
            BlockRequest(piece: .max, begin: .max, length: .max),
            BlockRequest(piece: 19, begin: 16_384, length: 16_383),
            BlockRequest(piece: 19, begin: 16_384, length: 16_385),
            BlockRequest(piece: 19, begin: 32_768, length: 16_384),
        ])
    func badRequests(request: BlockRequest) throws {
        var upload = try start()
        #expect(end(upload.take([.received([.request(request)])], at: .zero)) == .link(.violation(.badRequest)))
        var other = try start()
        #expect(end(other.take([.received([.cancel(request)])], at: .zero)) == .link(.violation(.badRequest)))
    }

    @Test("Requests beyond the announced queue are rejected, and a flood of them ends the link")
    func floods() throws {
        var limits = UploadLimits()
        limits.requestQueue = 50
        var upload = try start(limits: limits)
        let rejected = sent(upload.take([.received(try requests(0..<60))], at: .zero))
        #expect(rejected == (try (50..<60).map { .reject(try request($0)) }))
        let flood = upload.take([.received(try requests((0..<1_000).map { $0 % 300 }))], at: .zero)
        #expect(end(flood) == .link(.violation(.requestFlood)))
        #expect(sent(flood).isEmpty)
        #expect(upload.take([.received(try requests(0..<1))], at: .zero).isEmpty)
    }

    @Test(
        "What a downloader has no reason to send ends the link",
        arguments: [
            (PeerMessage.piece(piece: 0, begin: 0, data: ByteBuffer(bytes: [1])), LinkEnd.Violation.unrequestedBlocks),
            (.reject(BlockRequest(piece: 0, begin: 0, length: 16_384)), .unexpectedMessage),
            (
                .hashReject(HashRequest(root: .zero, baseLayer: 0, index: 0, length: 2, proofLayers: 0)),
                .unrequestedHashes
            ),
        ])
    func unexpected(message: PeerMessage, violation: LinkEnd.Violation) throws {
        var upload = try start()
        #expect(end(upload.take([.received([message])], at: .zero)) == .link(.violation(violation)))
    }

    @Test("Messages without end and use end the link", arguments: [PeerMessage.keepAlive, .unchoke, .interested])
    func uselessMessages(message: PeerMessage) throws {
        var upload = try start()
        let some = upload.take([.received(Array(repeating: message, count: 1_000))], at: .zero)
        #expect(end(some) == nil)
        let more = upload.take([.received(Array(repeating: message, count: 3_000))], at: .zero)
        #expect(end(more) == .link(.violation(.messageFlood)))
    }

    @Test("So does changing one's mind without end")
    func fickle() throws {
        var upload = try start()
        let change = [PeerMessage.notInterested, .interested]
        let some = upload.take([.received(Array(repeating: change, count: 200).flatMap(\.self))], at: .zero)
        #expect(end(some) == nil)
        let more = upload.take([.received(Array(repeating: change, count: 5_000).flatMap(\.self))], at: .zero)
        #expect(end(more) == .link(.violation(.requestFlood)))
    }

    // MARK: Hashes

    @Test("Hash requests are answered by what proves them")
    func hashes() throws {
        var upload = try start(unchoked: false)
        let root = content.content.root
        for range in HashRange.pieceLayer(of: geometry) {
            let asked = wire(range, root: root)
            guard
                case .hashes(asked, let answer) = sent(upload.take([.received([.hashRequest(asked)])], at: .zero)).last
            else {
                Issue.record("no hashes")
                return
            }
            #expect(range.verify(answer, against: root) == geometry.pieces.compactMap { content.hashes[$0] })
        }
        let last = try #require(geometry.piece(19))
        let range = try #require(HashRange.blocks(of: last, in: geometry))
        let asked = wire(range, root: root)
        let actions = upload.take([.received([.hashRequest(asked)])], at: .zero)
        guard case .hash(let job) = actions.first(where: { if case .hash = $0 { true } else { false } }) else {
            Issue.record("no job")
            return
        }
        #expect(job.pieces == [last])
        let leaves = geometry.blocks(of: last).map { Hash256(hashing: content.bytes(of: $0)) }
        guard case .hashes(asked, let answer) = sent(upload.take([.hashed(job, leaves)], at: .zero)).last else {
            Issue.record("no hashes")
            return
        }
        #expect(try range.verify(answer, against: #require(content.hashes[last])) == leaves)
    }

    private func wire(_ range: HashRange, root: Hash256) -> HashRequest {
        HashRequest(
            root: root, baseLayer: UInt32(range.baseLayer), index: UInt32(range.index),
            length: UInt32(range.length), proofLayers: UInt32(range.proofLayers))
    }

    @Test("Hash requests that make no sense are rejected")
    func badHashRequests() throws {
        var upload = try start(unchoked: false)
        _ = upload.take([], at: .zero)
        let root = content.content.root
        let requests = [
            HashRequest(root: .zero, baseLayer: 4, index: 0, length: 2, proofLayers: 0),
            HashRequest(root: root, baseLayer: .max, index: 0, length: 2, proofLayers: 0),
            HashRequest(root: root, baseLayer: 4, index: 1, length: 2, proofLayers: 0),
            HashRequest(root: root, baseLayer: 0, index: 0, length: .max, proofLayers: 0),
            HashRequest(root: root, baseLayer: 4, index: 0, length: 2, proofLayers: .max),
        ]
        for request in requests {
            #expect(sent(upload.take([.received([.hashRequest(request)])], at: .zero)) == [.hashReject(request)])
        }
    }

    @Test("A file whose blocks no longer make its hashes is served no more")
    func changedWhileHashing() throws {
        var upload = try start()
        let piece = try #require(geometry.piece(0))
        let range = try #require(HashRange.blocks(of: piece, in: geometry))
        let actions = upload.take(
            [.received([.hashRequest(wire(range, root: content.content.root))])], at: .zero)
        for case .hash(let job) in actions {
            let wrong = geometry.blocks(of: piece).map { Hash256(hashing: [UInt8($0.value & 255)]) }
            let after = upload.take([.hashed(job, wrong)], at: .zero)
            #expect(end(after) == .sourceChanged)
            #expect(sent(after).isEmpty)
        }
    }

    // MARK: Ends

    @Test("A source that changed ends the link, and nothing more is sent")
    func changed() throws {
        var upload = try start()
        _ = upload.take([.received(try requests(0..<3))], at: .zero)
        let actions = upload.take([.sourceFailed(.changed)], at: .zero)
        #expect(end(actions) == .sourceChanged)
        #expect(sent(actions).isEmpty)
    }

    @Test("A read that is too short ends the link")
    func shortRead() throws {
        var upload = try start()
        let run = try #require(reads(upload.take([.received(try requests(0..<3))], at: .zero)).first)
        let actions = upload.take([.read(run, ByteBuffer(bytes: [1, 2, 3]))], at: .zero)
        guard case .sourceUnreadable = end(actions) else {
            Issue.record("went on after a short read")
            return
        }
        #expect(sent(actions).isEmpty)
    }

    @Test("Silence ends the link")
    func ends() throws {
        var silent = try start()
        #expect(end(silent.take([.tick], at: .seconds(119))) == nil)
        #expect(end(silent.take([.tick], at: .seconds(121))) == .link(.stalled))
        #expect(silent.take([.tick], at: .seconds(500)).isEmpty)
    }

    // MARK: Parts

    private func piece(_ number: Int) throws -> PieceIndex { try #require(geometry.piece(number)) }

    private func part(_ numbers: [Int], offering offered: [Int]? = nil) throws -> Upload {
        let held = PieceSet(try numbers.map(piece), pieceCount: geometry.pieceCount)
        let offered = try offered.map { PieceSet(try $0.map(piece), pieceCount: geometry.pieceCount) } ?? held
        return Upload(
            of: content.layout, holding: held, offering: offered, hashes: nil,
            abilities: PeerAbilities(extensions: false))
    }

    @Test("Who has a part says which, and what comes to it, also to who has it, but not to who has all")
    func parts() throws {
        var upload = try part([0, 9])
        #expect(sent(upload.take([], at: .zero)) == [.bitfield([0x80, 0x40, 0])])
        _ = upload.take([.received([.bitfield([0, 0x20, 0])])], at: .zero)
        #expect(upload.theirs.contains(try piece(10)))
        let news = upload.take([.gained([try piece(10), try piece(11), try piece(9)])], at: .zero)
        #expect(sent(news) == [.have(piece: 10), .have(piece: 11)])
        var whole = try part([0])
        _ = whole.take([.received([.haveAll])], at: .zero)
        #expect(sent(whole.take([.gained([try piece(1)])], at: .zero)) == [])
        var empty = try part([])
        #expect(sent(empty.take([], at: .zero)) == [.haveNone])
    }

    @Test("Extension handshakes without end are a flood: each takes a while to read")
    func handshakes() throws {
        var upload = try part([0])
        let handshake = PeerMessage.extended(number: 0, payload: ByteBuffer(bytes: ExtensionHandshake().encoded))
        #expect(end(upload.take([.received(Array(repeating: handshake, count: 40))], at: .zero)) == nil)
        let more = upload.take([.received(Array(repeating: handshake, count: 5))], at: .zero)
        #expect(end(more) == .link(.violation(.messageFlood)))
    }

    @Test("A leecher is told of what it has itself only when it wants nothing more")
    func kept() throws {
        var upload = try part([0])
        _ = upload.take([.received([.bitfield([0, 0x20, 0]), .interested]), .slotGranted(wish: 1)], at: .zero)
        let news = upload.take([.gained([try piece(10), try piece(11)])], at: .zero)
        #expect(sent(news) == [.have(piece: 11)])
        #expect(sent(upload.take([.received([.notInterested])], at: .zero)) == [.choke, .have(piece: 10)])
        #expect(sent(upload.take([.received([.interested])], at: .zero)).isEmpty)
    }

    @Test("What is not here is not read: a request for it is rejected")
    func absentPieces() throws {
        var upload = try part([0])
        _ = upload.take([.received([.interested]), .slotGranted(wish: 1)], at: .zero)
        let missing = try request(geometry.blocksPerPiece)
        let actions = upload.take([.received([.request(missing)])], at: .zero)
        #expect(sent(actions) == [.reject(missing)])
        #expect(reads(actions).isEmpty)
        #expect(reads(upload.take([.gained([try piece(1)]), .received([.request(missing)])], at: .zero)).count == 1)
    }

    @Test("Hashes are told when they are known, those of blocks only of pieces that are here")
    func hashesOfParts() throws {
        var upload = try part([0], offering: [])
        let layer = try #require(HashRange.pieceLayer(of: geometry).first)
        let upper = wire(layer, root: content.content.root)
        #expect(sent(upload.take([.received([.hashRequest(upper)])], at: .zero)).last == .hashReject(upper))
        let known = upload.take([.hashes(content.hashes), .received([.hashRequest(upper)])], at: .zero)
        guard case .hashes(upper, _) = sent(known).last else {
            Issue.record("no hashes")
            return
        }
        let here = try #require(HashRange.blocks(of: try piece(0), in: geometry))
        let elsewhere = try #require(HashRange.blocks(of: try piece(1), in: geometry))
        let (near, far) = (wire(here, root: content.content.root), wire(elsewhere, root: content.content.root))
        let actions = upload.take([.received([.hashRequest(far), .hashRequest(near)])], at: .zero)
        #expect(sent(actions) == [.hashReject(far)])
        #expect(actions.contains { if case .hash = $0 { true } else { false } })
    }

    @Test("What a peer has is said once and well")
    func announcements() throws {
        for messages in [[PeerMessage.haveAll, .haveNone], [.bitfield([1])], [.have(piece: 0), .haveAll]] {
            var upload = try part([0])
            #expect(end(upload.take([.received(messages)], at: .zero)) == .link(.violation(.badBitfield)))
        }
        var upload = try part([0])
        let far = upload.take([.received([.have(piece: 20)])], at: .zero)
        #expect(end(far) == .link(.violation(.pieceOutOfRange)))
    }
}
