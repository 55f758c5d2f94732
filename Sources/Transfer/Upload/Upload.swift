package import Content
import NIOCore
import Wire

/// One content served over one link, as a state machine: events in, actions out, no clocks, no tasks.
///
/// Invariant: what is read and not sent never exceeds two reads, what waits never the limits; a request is
/// answered once, by the block or, where the peer knows BEP 6, by a reject.
package struct Upload: Sendable {
    /// Requests beyond the announced queue are rejected up to this many times the queue, then it is a flood.
    private static let floodFactor = 2
    /// More bytes are not read to answer one hash request.
    private static let hashedSize = Int64(Geometry.maximumPieceLength)
    private static let keepAlive: Duration = .seconds(60)
    private static let client = "BitTrickle"
    /// Messages without use in a row, before the link is cut off.
    private static let uselessLimit = 2_000

    private let geometry: Geometry
    private var prover: LayoutProver
    private let abilities: PeerAbilities
    private let limits: UploadLimits

    /// The peer asks for the last blocks of files with the zeros that make them full ones.
    private var asksForPadding = false
    private var isInterested = false
    private var isUnchoked = false
    private var queue = RequestQueue()
    private var hashQueue: [HashJob] = []
    private var isHashing = false
    /// Bytes being read, or read and not sent.
    private var pendingBytes = 0
    private var isReading = false
    /// Messages given to be sent, not sent yet.
    private var unsentMessages = 0
    private var useless = 0
    private var lastReceived: Duration = .zero
    private var lastSent: Duration = .zero

    private var outgoing: [PeerMessage] = []
    private var actions: [UploadAction] = []
    private var isOver = false

    /// In bytes of blocks.
    package private(set) var sentBytes: Int64 = 0

    /// Nil where there are no bytes to serve.
    package init?(hashes: PieceHashes, abilities: PeerAbilities, limits: UploadLimits = UploadLimits()) {
        geometry = hashes.layout.geometry
        guard geometry.pieceCount > 0 else { return nil }
        prover = LayoutProver(hashes)
        self.abilities = abilities
        self.limits = limits
        outgoing.append(abilities.fast ? .haveAll : .bitfield(Self.fullBitfield(geometry.pieceCount)))
        if abilities.extensions {
            let handshake = ExtensionHandshake(requestQueue: limits.requestQueue, client: Self.client)
            outgoing.append(.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded)))
        }
    }

    private static func fullBitfield(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xFF, count: (count + 7) / 8)
        if count % 8 != 0, let last = bytes.indices.last { bytes[last] = 0xFF << (8 - count % 8) }
        return bytes
    }

    /// Takes what happened since the last time, all of it at once, and says what is to be done. The first call,
    /// with no event, says what the link begins with.
    ///
    /// - Parameter now: Time since the link began.
    package mutating func take(_ events: [UploadEvent], at now: Duration) -> [UploadAction] {
        for event in events where !isOver { take(event, at: now) }
        if !isOver { work() }
        defer { actions = [] }
        return flush(at: now)
    }

    private mutating func take(_ event: UploadEvent, at now: Duration) {
        switch event {
        case .received(let messages):
            lastReceived = now
            for message in messages where !isOver { received(message) }
        case .closed(let end): close(.link(end))
        case .slotGranted: unchoke()
        case .slotWithdrawn: choke()
        case .read(let run, let data): read(run, data)
        case .hashed(let job, let hashes): hashed(job, hashes)
        case .sourceFailed(.changed): close(.sourceChanged)
        case .sourceFailed(.unreadable(let reason)): close(.sourceUnreadable(reason))
        case .sent(let messages, let bytes): sent(messages, bytes)
        case .stop: close(.stopped)
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
        case .extended, .have, .bitfield, .haveAll, .haveNone, .keepAlive, .choke, .unchoke: uninteresting()
        case .piece: close(.link(.violation(.unrequestedBlocks)))
        case .hashes, .hashReject: close(.link(.violation(.unrequestedHashes)))
        case .reject: close(.link(.violation(.unexpectedMessage)))
        }
    }

    // MARK: Choking

    private mutating func interested() {
        guard !isInterested else { return uninteresting() }
        isInterested = true
        actions.append(.wantSlot)
    }

    private mutating func notInterested() {
        guard isInterested else { return uninteresting() }
        isInterested = false
        useless += 1
        actions.append(.releaseSlot)
        choke()
    }

    /// With BEP 6 what waits is rejected one by one; without, a choke says that none of it is answered.
    private mutating func choke() {
        guard isUnchoked else { return }
        isUnchoked = false
        outgoing.append(.choke)
        for block in queue.takeAll() { reject(request(for: block)) }
    }

    private mutating func unchoke() {
        guard isInterested, !isUnchoked else { return }
        isUnchoked = true
        outgoing.append(.unchoke)
    }

    // MARK: Blocks

    private mutating func block(for request: BlockRequest) -> BlockIndex? {
        if let block = geometry.block(for: request) { return block }
        guard let block = geometry.paddedBlock(for: request) else { return nil }
        asksForPadding = true
        return block
    }

    /// The request that the peer makes for a block.
    private func request(for block: BlockIndex) -> BlockRequest {
        var request = geometry.request(for: block)
        if asksForPadding { request.length = UInt32(Geometry.blockLength) }
        return request
    }

    private mutating func requested(_ request: BlockRequest) {
        guard let block = block(for: request) else { return close(.link(.violation(.badRequest))) }
        guard isUnchoked, queue.count < limits.requestQueue else {
            reject(request)
            // A choke or a window that is too large crosses with some requests; more is not to be answered.
            return countUseless()
        }
        queue.append(block)
    }

    private mutating func cancelled(_ request: BlockRequest) {
        guard let block = block(for: request) else { return close(.link(.violation(.badRequest))) }
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
            let request = request(for: block)
            let padding = Int(request.length) - slice.readableBytes
            if padding > 0 {
                slice.writeRepeatingByte(0, count: padding)
                pendingBytes += padding
            }
            outgoing.append(.piece(piece: request.piece, begin: request.begin, data: slice))
        }
        sentBytes += Int64(run.length)
        useless = 0
    }

    // MARK: Hashes

    private mutating func hashesRequested(_ request: HashRequest) {
        guard hashQueue.count < limits.hashRequestQueue,
            let query = prover.query(
                root: request.root, baseLayer: request.baseLayer, index: request.index, length: request.length,
                proofLayers: request.proofLayers),
            query.pieces.reduce(Int64(0), { $0 + Int64(geometry.length(of: $1)) }) <= Self.hashedSize
        else { return rejectHashes(request) }
        hashQueue.append(HashJob(request: request, query: query))
    }

    private mutating func rejectHashes(_ request: HashRequest) {
        outgoing.append(.hashReject(request))
        uninteresting()
    }

    private mutating func hashed(_ job: HashJob, _ hashes: [Hash256]) {
        isHashing = false
        // Hashes that do not make the piece's are those of a file that changed meanwhile.
        guard let answer = prover.answer(to: job.query, blockHashes: hashes) else { return close(.sourceChanged) }
        outgoing.append(.hashes(job.request, answer))
    }

    // MARK: Work

    /// Begins what there is room for.
    private mutating func work() {
        while !isHashing, !isOver, unsentMessages < limits.requestQueue, !hashQueue.isEmpty {
            let job = hashQueue.removeFirst()
            isHashing = true
            if job.pieces.isEmpty { hashed(job, []) } else { actions.append(.hash(job)) }
        }
        guard !isReading, !isOver, pendingBytes < limits.readLength, queue.count > 0 else { return }
        let blocks = queue.takeRun(upTo: max(1, limits.readLength / Geometry.blockLength))
        guard let first = blocks.first, let last = blocks.last else { return }
        let offset = geometry.offset(of: first)
        let length = Int(geometry.offset(of: last) - offset) + geometry.length(of: last)
        isReading = true
        pendingBytes += length
        actions.append(.read(BlockRun(first: first, count: blocks.count, offset: offset, length: length)))
    }

    private mutating func sent(_ messages: Int, _ bytes: Int) {
        pendingBytes -= bytes
        unsentMessages -= messages
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

    private mutating func uninteresting() {
        useless += 1
        if useless > Self.uselessLimit { close(.link(.violation(.messageFlood))) }
    }

    private mutating func tick(at now: Duration) {
        if now - lastReceived >= limits.silence { return close(.link(.stalled)) }
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
