package import Content
import NIOCore
import Wire

/// One content served over one link, as far as it is here, as a state machine: events in, actions out, no clocks, no
/// tasks.
///
/// It says what there is and what comes to it, and keeps what the peer says that it has itself.
///
/// Invariant: what is read and not sent never exceeds two reads, what waits never the limits; a request is
/// answered once, by the block or, where the peer knows BEP 6, by a reject.
package struct Upload: Sendable {
    /// Requests beyond the announced queue are rejected up to this many times the queue, then it is a flood.
    private static let floodFactor = 2
    /// More bytes are not read to answer one hash request.
    private static let hashedSize = Int64(Geometry.maximumPieceLength)
    /// Blocks that are read at once: of small files there are many in few bytes.
    private static let runLimit = 256
    private static let keepAlive: Duration = .seconds(60)
    private static let client = "BitTrickle"
    /// Under which number we take messages of ut_metadata (BEP 10).
    private static let metadataNumber: UInt8 = 1
    /// While so many messages are with the transport, the peer is told of no more pieces.
    private static let tellingLimit = 1_000
    /// So many pieces of the info dictionary are given to the transport at a time.
    private static let metadataBatch = 8
    /// Messages without use in a row, before the link is cut off; so many are forgotten each second.
    private static let uselessLimit = 2_000
    private static let uselessPerTick = 20
    /// Extension handshakes beyond so many cost as much as so many of these: to read one takes a while.
    private static let handshakes = 4
    private static let handshakeCost = 50

    private let layout: ContentLayout
    private let geometry: Geometry
    /// Nil until the hashes of the pieces are known: hash requests are rejected until then.
    private var prover: LayoutProver?
    let abilities: PeerAbilities
    private let limits: UploadLimits

    /// What is here.
    private var held: PieceSet
    /// What of it the peer was told that it can ask for.
    package private(set) var offered: PieceSet
    /// What of that waits to be told.
    private var telling = Telling()
    /// What the peer said that it has.
    package private(set) var theirs = PieceSet.none
    private(set) var hasAnnounced = false

    /// It said what it has, or will not.
    var mayBeTold: Bool { hasAnnounced || !abilities.fast }

    /// The peer may be given of the content; otherwise it is told nothing of it.
    private(set) var isAdmitted: Bool
    /// What it showed, until that is looked at.
    private var shownTicket: [UInt8]?

    package private(set) var isInterested = false
    private var lastWish = 0
    /// It said that it wants some pieces only.
    private(set) var wantsPart = false
    private var saysItTakesNothing = false
    /// It takes no pieces, by its own word (BEP 21), until it is interested; or because it is given none.
    var takesNothing: Bool { !isAdmitted || saysItTakesNothing && !isInterested }
    /// What the peer was found to have since it was asked last.
    private var news: PeerNews?
    private var isUnchoked = false
    private var queue = RequestQueue()
    private(set) var hashJobs: HashJobs
    /// Other links are being sent many hashes: this one may find them elsewhere sooner.
    var leavesHashesToOthers = false
    private var tail: TailPadding
    /// What the peer was told of extensions; nil where it knows none.
    private var introduction: ExtensionHandshake?
    /// Gives a folder's info dictionary; nil for a single content.
    private var metadata: MetadataServing?
    /// Under which number the peer takes pieces of it; 0 where it does not.
    private var theirMetadataNumber: UInt8 = 0
    /// When so many messages are sent, the transport has all pieces of it that it was given.
    private var metadataSent = 0
    /// Bytes being read, or read and not sent.
    private var pendingBytes = 0
    /// How many of these there may be: as much as the link takes in a moment, so that what is said meanwhile does not
    /// wait behind it for long.
    private var pace: UploadPace
    private var isReading = false
    /// Messages given to be sent, not sent yet.
    private var unsentMessages = 0
    private var sentMessages = 0
    private var useless = 0
    private var introductions = 0
    private var lastReceived: Duration
    /// Since when the peer wants nothing.
    private var uninterestedSince: Duration
    private var lastSent: Duration

    private var outgoing: [PeerMessage] = []
    private var actions: [UploadAction] = []
    private var isOver = false

    /// In bytes of blocks.
    package private(set) var sentBytes: Int64 = 0

    /// - Parameters:
    ///   - layout: Not the empty content.
    ///   - held: Pieces that are here.
    ///   - offered: Those of them that the peer is told of at the beginning.
    ///   - hashes: Of the pieces that are here, where they are known already.
    ///   - isPart: Only some pieces will ever be here, or they come in an order of our own.
    ///   - hashCredit: Bytes that may be hashed at once to answer hash requests; nil for what a stranger has.
    ///   - isAdmitted: May be given of it, and is told of ``held``; otherwise see ``UploadEvent/admitted(held:offered:_:)``.
    ///   - ticket: What it is shown where it demands one.
    ///   - now: On the clock of ``take(_:at:)``.
    package init(
        of layout: ContentLayout, holding held: PieceSet, offering offered: PieceSet, hashes: PieceHashes?,
        isPart: Bool = false, hashCredit: Int64? = nil, abilities: PeerAbilities, limits: UploadLimits = UploadLimits(),
        isAdmitted: Bool = true, ticket: [UInt8]? = nil, at now: Duration = .zero
    ) {
        hashJobs = HashJobs(credit: hashCredit ?? HashJobs.burst)
        lastReceived = now
        lastSent = now
        uninterestedSince = now
        self.layout = layout
        geometry = layout.geometry
        self.isAdmitted = isAdmitted
        self.held = isAdmitted ? held : .none
        self.offered = isAdmitted ? offered : .none
        self.abilities = abilities
        self.limits = limits
        prover = isAdmitted ? hashes.map { LayoutProver($0) } : nil
        pace = UploadPace(first: limits.firstReadLength, most: limits.readLength)
        outgoing += self.offered.announcement(of: geometry, to: abilities)
        tail = TailPadding(geometry)
        if abilities.extensions {
            if isAdmitted { metadata = layout.folder.flatMap { MetadataServing($0) } }
            introduce(
                ExtensionHandshake(
                    numbers: metadata == nil ? [:] : [ExtensionHandshake.metadata: Self.metadataNumber],
                    requestQueue: limits.requestQueue, client: Self.client, metadataSize: metadata?.size,
                    wantsPart: isPart, ticket: ticket))
        }
    }

    /// Takes what happened since the last time, all of it at once, and says what is to be done. The first call,
    /// with no event, says what the link begins with.
    ///
    package mutating func take(_ events: [UploadEvent], at now: Duration) -> [UploadAction] {
        for event in events where !isOver { take(event, at: now) }
        if !isOver { work(at: now) }
        defer { actions = [] }
        return flush(at: now)
    }

    private mutating func take(_ event: UploadEvent, at now: Duration) {
        switch event {
        case .received(let messages):
            lastReceived = now
            for message in messages where !isOver { received(message) }
        case .gained(let pieces):
            uninterestedSince = now
            for piece in pieces { gained(piece) }
        case .choosing: choose()
        case .hashes(let hashes): if isAdmitted { prover = LayoutProver(hashes) }
        case .admitted(let held, let offered, let hashes): admitted(held, offered, hashes, at: now)
        case .ticket(let ticket):
            if var said = introduction, said.ticket != ticket {
                said.ticket = ticket
                introduce(said)
            }
        case .closed(let end): close(.link(end))
        case .slotGranted(let wish): if wish == lastWish { unchoke() }
        case .slotWithdrawn(let wish): if wish == lastWish { choke() }
        case .read(let run, let data): read(run, data)
        case .hashed(let job, let hashes): hashed(job, hashes)
        case .sourceFailed(.changed): close(.sourceChanged)
        case .sourceFailed(.unreadable(let reason)): close(.sourceUnreadable(reason))
        case .sent(let messages, let bytes): sent(messages, bytes, at: now)
        case .tick: tick(at: now)
        }
    }

    private mutating func received(_ message: PeerMessage) {
        switch message {
        case .request(let request): requested(request)
        case .cancel(let request): cancelled(request)
        case .interested: interested()
        case .notInterested: notInterested()
        case .hashRequest(let request): hashesRequested(request)
        case .have(let piece): has(piece)
        case .bitfield(let bits): announced(PieceSet(bitfield: bits, pieceCount: geometry.pieceCount))
        case .haveAll: announced(.all)
        case .haveNone: announced(PieceSet.none)
        case .extended(0, let payload): introduced(payload)
        case .extended(Self.metadataNumber, let payload): metadataAsked(payload)
        case .extended, .keepAlive, .choke, .unchoke: uninteresting()
        case .piece: close(.link(.violation(.unrequestedBlocks)))
        case .hashes, .hashReject: close(.link(.violation(.unrequestedHashes)))
        case .reject: close(.link(.violation(.unexpectedMessage)))
        }
    }

    // MARK: Who has what

    private mutating func admitted(_ held: PieceSet, _ offered: PieceSet, _ hashes: PieceHashes?, at now: Duration) {
        guard !isAdmitted else { return }
        isAdmitted = true
        uninterestedSince = now
        prover = hashes.map { LayoutProver($0) }
        if var said = introduction, let serving = layout.folder.flatMap({ MetadataServing($0) }) {
            metadata = serving
            said.numbers[ExtensionHandshake.metadata] = Self.metadataNumber
            said.metadataSize = serving.size
            introduce(said)
        }
        self.held = held
        for piece in geometry.pieces where offered.contains(piece) { gained(piece) }
        if isInterested { wish() }
    }

    private mutating func gained(_ piece: PieceIndex) {
        guard isAdmitted else {
            // Whoever has it himself waits to hear that it has come.
            if theirs.contains(piece) { telling.append(piece) }
            return
        }
        held.insert(piece, pieceCount: geometry.pieceCount)
        guard offered.insert(piece, pieceCount: geometry.pieceCount) else { return }
        telling.append(piece)
        if telling.isTooMuch { close(.link(.stalled)) }
    }

    private mutating func tell() {
        if theirs.isWhole { telling.clear() }
        let room = Self.tellingLimit - unsentMessages - outgoing.count
        guard room > 0 else { return }
        let known = isInterested ? theirs : .none
        outgoing += telling.take(upTo: room, keeping: known, of: geometry).map { .have(piece: $0) }
    }

    private mutating func announced(_ pieces: PieceSet?) {
        guard let pieces, !hasAnnounced else { return close(.link(.violation(.badBitfield))) }
        hasAnnounced = true
        theirs = pieces
        news = .announced
    }

    private mutating func has(_ number: UInt32) {
        guard let piece = geometry.piece(Int(number)) else { return close(.link(.violation(.pieceOutOfRange))) }
        hasAnnounced = true
        guard theirs.insert(piece, pieceCount: geometry.pieceCount) else { return uninteresting() }
        switch news {
        case nil: news = .pieces([piece])
        case .pieces(var pieces):
            news = nil
            pieces.append(piece)
            news = .pieces(pieces)
        case .announced: break
        }
    }

    mutating func takeNews() -> PeerNews? {
        defer { news = nil }
        return news
    }

    // MARK: Extensions

    private mutating func introduced(_ payload: ByteBuffer) {
        introductions += 1
        if introductions > Self.handshakes { useless += Self.handshakeCost }
        uninteresting()
        guard let handshake = try? ExtensionHandshake(decoding: Array(payload.readableBytesView)) else { return }
        wantsPart = wantsPart || handshake.wantsPart
        saysItTakesNothing = handshake.takesNothing ?? saysItTakesNothing
        theirMetadataNumber = handshake.numbers[ExtensionHandshake.metadata] ?? theirMetadataNumber
        shownTicket = handshake.ticket ?? shownTicket
    }

    mutating func takeTicket() -> [UInt8]? {
        defer { shownTicket = nil }
        return shownTicket
    }

    private mutating func introduce(_ handshake: ExtensionHandshake) {
        introduction = handshake
        outgoing.append(.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded)))
    }

    private mutating func choose() {
        guard var said = introduction, !said.wantsPart else { return }
        said.wantsPart = true
        introduce(said)
    }

    private mutating func metadataAsked(_ payload: ByteBuffer) {
        guard theirMetadataNumber != 0,
            let message = try? MetadataMessage(decoding: Array(payload.readableBytesView)),
            metadata?.received(message) == true
        else { return uninteresting() }
        uninterestedSince = lastReceived
    }

    private mutating func giveMetadata() {
        guard theirMetadataNumber != 0, sentMessages >= metadataSent else { return }
        for _ in 0..<Self.metadataBatch {
            guard let answer = metadata?.next() else { return }
            outgoing.append(.extended(number: theirMetadataNumber, payload: ByteBuffer(bytes: answer.encoded)))
            metadataSent = sentMessages + unsentMessages + outgoing.count
        }
    }

    // MARK: Choking

    private mutating func interested() {
        guard !isInterested else { return uninteresting() }
        isInterested = true
        if isAdmitted { wish() }
    }

    private mutating func wish() {
        lastWish += 1
        actions.append(.wantSlot(wish: lastWish))
    }

    private mutating func notInterested() {
        guard isInterested else { return uninteresting() }
        isInterested = false
        uninterestedSince = lastReceived
        countUseless()
        telling.release(of: geometry)
        actions.append(.releaseSlot)
        choke()
    }

    /// With BEP 6 what waits is rejected one by one; without, a choke says that none of it is answered.
    private mutating func choke() {
        guard isUnchoked else { return }
        isUnchoked = false
        outgoing.append(.choke)
        for block in queue.takeAll() { reject(tail.request(for: block)) }
    }

    private mutating func unchoke() {
        guard isInterested, !isUnchoked else { return }
        isUnchoked = true
        outgoing.append(.unchoke)
    }

    // MARK: Blocks

    private mutating func requested(_ request: BlockRequest) {
        guard let block = tail.block(for: request) else { return close(.link(.violation(.badRequest))) }
        guard isUnchoked, queue.count < limits.requestQueue, offered.contains(geometry.piece(of: block)) else {
            reject(request)
            // A choke or a window that is too large crosses with some requests; more is not to be answered.
            return countUseless()
        }
        queue.append(block)
    }

    private mutating func cancelled(_ request: BlockRequest) {
        guard let block = tail.block(for: request) else { return close(.link(.violation(.badRequest))) }
        guard queue.cancel(block) else { return uninteresting() }
        reject(request)
        countUseless()
    }

    /// Requests that end in nothing, since blocks were last sent: each costs memory or an answer.
    private mutating func countUseless() {
        useless += 1
        if useless > limits.requestQueue * Self.floodFactor { close(.link(.violation(.requestFlood))) }
    }

    private mutating func reject(_ request: BlockRequest) {
        if abilities.fast { outgoing.append(.reject(request)) }
    }

    private mutating func read(_ run: BlockRun, _ data: ByteBuffer) {
        isReading = false
        guard data.readableBytes == run.length else {
            return close(.sourceUnreadable("a read gave \(data.readableBytes) of \(run.length) bytes"))
        }
        var data = data
        for value in run.first.value..<run.first.value + run.count {
            guard let block = geometry.block(value), var slice = data.readSlice(length: geometry.length(of: block))
            else { continue }
            tail.fill(&slice, of: block)
            pendingBytes += slice.readableBytes - geometry.length(of: block)
            let request = tail.request(for: block)
            outgoing.append(.piece(piece: request.piece, begin: request.begin, data: slice))
        }
        sentBytes += Int64(run.length)
        useless = 0
    }

    // MARK: Hashes

    private mutating func hashesRequested(_ request: HashRequest) {
        guard hashJobs.count < limits.hashRequestQueue,
            let query = prover?.query(
                root: request.root, baseLayer: request.baseLayer, index: request.index, length: request.length,
                proofLayers: request.proofLayers),
            query.pieces.reduce(Int64(0), { $0 + Int64(geometry.length(of: $1)) }) <= Self.hashedSize,
            query.pieces.allSatisfy(held.contains), !leavesHashesToOthers
        else { return rejectHashes(request) }
        hashJobs.append(HashJob(request: request, query: query))
    }

    private mutating func rejectHashes(_ request: HashRequest) {
        outgoing.append(.hashReject(request))
        uninteresting()
    }

    private mutating func hashed(_ job: HashJob, _ hashes: [Hash256]) {
        // Hashes that do not make the piece's are those of a file that changed meanwhile.
        guard let answer = prover?.answer(to: job.query, blockHashes: hashes) else { return close(.sourceChanged) }
        outgoing.append(.hashes(job.request, answer))
        hashJobs.answered(answer.count, asMessage: sentMessages + unsentMessages + outgoing.count)
    }

    // MARK: Work

    /// Begins what there is room for.
    private mutating func work(at now: Duration) {
        while !isOver, unsentMessages < limits.requestQueue,
            let job = hashJobs.next(of: geometry)
        {
            if job.pieces.isEmpty { hashed(job, []) } else { actions.append(.hash(job)) }
        }
        tell()
        giveMetadata()
        guard !isReading, !isOver, pendingBytes < pace.size, queue.count > 0 else { return }
        if pendingBytes == 0 { pace.begin(at: now) }
        let blocks = queue.takeRun(upTo: Self.runLimit, size: pace.size, of: geometry)
        guard let first = blocks.first, let last = blocks.last else { return }
        let offset = geometry.offset(of: first)
        let length = Int(geometry.offset(of: last) - offset) + geometry.length(of: last)
        isReading = true
        pendingBytes += length
        actions.append(.read(BlockRun(first: first, count: blocks.count, offset: offset, length: length)))
    }

    private mutating func sent(_ messages: Int, _ bytes: Int, at now: Duration) {
        pendingBytes -= bytes
        pace.sent(bytes, at: now)
        unsentMessages -= messages
        sentMessages += messages
        hashJobs.sent(sentMessages)
    }

    /// Messages go to the peer that are not about what it is served: they take the same way.
    mutating func shares(_ messages: Int, at now: Duration) {
        unsentMessages += messages
        lastSent = now
    }

    private mutating func flush(at now: Duration) -> [UploadAction] {
        guard !outgoing.isEmpty, !isOver else { return actions }
        let messages = outgoing
        outgoing = []
        unsentMessages += messages.count
        lastSent = now
        // A peer that asks and asks and does not take the answers is cut off before they fill the memory.
        if unsentMessages > limits.requestQueue * (Self.floodFactor + 2) {
            close(.link(.violation(.requestFlood)))
            return actions
        }
        return actions + [.send(messages)]
    }

    // MARK: Ends

    /// It has wanted nothing for as long as it might have been silent.
    func isOfNoUse(at now: Duration) -> Bool { !isInterested && now - uninterestedSince >= limits.silence }

    private mutating func uninteresting() {
        useless += 1
        if useless > Self.uselessLimit { close(.link(.violation(.messageFlood))) }
    }

    private mutating func tick(at now: Duration) {
        if now - lastReceived >= limits.silence { return close(.link(.stalled)) }
        useless = max(0, useless - Self.uselessPerTick)
        hashJobs.tick()
        if now - lastSent >= Self.keepAlive { outgoing.append(.keepAlive) }
    }

    private mutating func close(_ end: UploadEnd) {
        guard !isOver else { return }
        isOver = true
        outgoing = []
        actions.append(.releaseSlot)
        actions.append(.close(end))
    }
}
