package import Content
import NIOCore
import Wire

/// One content fetched over many links, as a state machine: events in, actions out, no clocks, no tasks.
///
/// It only orders what others know: ``PieceTable`` where each piece stands, ``PiecePicker`` which block comes
/// next, ``Source`` with its ``RequestWindow`` what a link can take, ``LayerFetch`` and ``HashInquiries`` what
/// pieces must hash to, ``Blame`` who spoiled one, ``Roster`` who is not asked again, ``Calls`` when to ask for
/// more sources and when to give up.
///
/// Invariant: a block's bytes are given to the store only while nobody else's are, and never once its piece is
/// verified; a piece is verified only when all its stored blocks make its hash, which leads to the root.
package struct Download: Sendable {
    let layout: ContentLayout
    let limits: DownloadLimits
    let resumed: Int64

    var table: PieceTable
    var picker: PiecePicker
    var layer: LayerFetch
    var inquiries = HashInquiries()
    var roster = Roster()
    var calls: Calls
    var links = LinkTable<Source>()
    /// Some are improvable.
    var isRelayed = false
    /// Links for which something changed: they may be asked for more.
    var dirty: Set<LinkID> = []
    /// Blocks of what is read next that were asked for a while ago.
    var late: [BlockIndex] = []

    /// Finished, failed or ended.
    var isOver = false
    /// Verified pieces that the store was not told to record yet.
    package private(set) var unrecorded: [PieceIndex] = []
    private var isRecording = false
    private var newlyVerified: [PieceIndex] = []
    private var lastRecord: Duration = .zero

    // What the events at hand lead to.
    /// Whose links ended, how the last of each did, in their order.
    var parted: [(member: MemberID, end: LinkEnd)] = []
    var actions: [DownloadAction] = []
    var outgoing: [LinkID: [PeerMessage]] = [:]
    var jobs: [StoreJob] = []

    /// - Parameters:
    ///   - layout: Not the empty content.
    ///   - verified: Pieces that the store holds.
    ///   - wanted: Pieces that are to be fetched, all where nil. Others are neither asked for nor counted.
    ///   - hashes: What is known already of the pieces' hashes.
    ///   - seed: Of the order in which pieces of the same rarity are fetched.
    package init(
        layout: ContentLayout, verified: [PieceIndex] = [], wanted: [PieceIndex]? = nil, hashes: PieceHashes? = nil,
        limits: DownloadLimits = DownloadLimits(), seed: UInt64
    ) {
        self.layout = layout
        self.limits = limits
        let table = PieceTable(geometry: layout.geometry, verified: verified, wanted: wanted)
        self.table = table
        resumed = table.verifiedSize
        var random = SplitMix(seed: seed)
        picker = PiecePicker(table: table, using: &random)
        layer = LayerFetch(layout, known: hashes, wanted: table.isWanted)
        calls = Calls(limits: limits)
    }

    var geometry: Geometry { layout.geometry }

    /// Takes what happened since the last time, all of it at once, and says what is to be done.
    ///
    /// - Parameter now: Time since the download began.
    package mutating func take(_ events: [DownloadEvent], at now: Duration) -> [DownloadAction] {
        for event in events where !isOver || event.isStored { take(event, at: now) }
        tellLost()
        if !isOver {
            askAll(at: now)
            callForSources(at: now)
            lookForBetterWays(at: now)
        }
        finishIfComplete()
        return flush(at: now)
    }

    /// Ends the download early: nothing is asked for any more, but blocks that arrived before still count when
    /// they are stored.
    package mutating func end() { isOver = true }

    private mutating func take(_ event: DownloadEvent, at now: Duration) {
        switch event {
        case .opened(let id, let member, let abilities, let isDialled, let path):
            opened(id, by: member, abilities, isDialled: isDialled, path, at: now)
        case .received(let id, let messages):
            links.with(id) { $0.heard(at: now) }
            for message in messages { received(message, from: id, at: now) }
        case .closed(let id, .violation(let violation)): violated(violation, id, at: now)
        case .closed(let id, let end): close(id, end, at: now)
        case .stored(let first, let hashes): stored(first, hashes, at: now)
        case .recorded: isRecording = false
        case .asked: calls.answered()
        case .leeches(let id, let doesLeech): links[id]?.isLeeching = doesLeech
        case .prefer(let ranges): prefer(ranges)
        case .giveUp: giveUpIfHopeless(at: now)
        case .tick(let canRead, let heldBack): tick(canRead: canRead, heldBack: heldBack, at: now)
        }
    }

    private mutating func received(_ message: PeerMessage, from id: LinkID, at now: Duration) {
        switch message {
        case .piece(let piece, let begin, let data): received(data, piece: piece, begin: begin, from: id, at: now)
        case .choke: choked(id, at: now)
        case .unchoke: unchoked(id, at: now)
        case .have(let piece): gained(piece, id, at: now)
        case .bitfield(let bits): announced(bits, id, at: now)
        case .haveAll: announced(.all, id, at: now)
        case .haveNone: announced(.none, id, at: now)
        case .reject(let request): rejected(request, id, at: now)
        case .extended(let number, let payload): extended(number, payload, id, at: now)
        case .hashes(let request, let hashes): answered(request, hashes, id, at: now)
        case .hashReject(let request): rejected(request, id, at: now)
        case .request, .cancel, .hashRequest, .interested, .notInterested, .keepAlive: useless(id, at: now)
        }
    }

    // MARK: Outcome

    package var progress: DownloadProgress {
        DownloadProgress(
            verified: table.verifiedSize, arrived: table.verifiedSize + table.unverifiedSize, total: table.wantedSize,
            paths: links.values.lazy.filter { $0.window.openCount > 0 && !$0.isSnubbed }.map(\.path).sorted())
    }

    package var summary: DownloadSummary {
        DownloadSummary(size: table.wantedSize, bytes: roster.bytes, resumed: resumed, hashes: layer.hashes)
    }

    func isBanned(_ member: UserName) -> Bool { roster.isBanned(member) }

    mutating func verified(_ piece: PieceIndex) {
        unrecorded.append(piece)
        picker.heads.remove(piece)
        newlyVerified.append(piece)
    }

    /// Takes the pieces that are to be recorded.
    package mutating func takeUnrecorded() -> [PieceIndex] {
        defer { unrecorded = [] }
        return unrecorded
    }

    mutating func recordIfDue(at now: Duration) {
        guard !isRecording, !unrecorded.isEmpty, now - lastRecord >= limits.recordInterval else { return }
        isRecording = true
        lastRecord = now
        actions.append(.record(takeUnrecorded()))
    }

    private mutating func finishIfComplete() {
        guard !isOver, table.isComplete else { return }
        isOver = true
        // Their slots are for others, and they may say more of what they have.
        for id in links.keys where links[id]?.isTold == true { send(.notInterested, to: id) }
        actions.append(.finished)
    }

    /// Verified pieces, before whatever else: what follows may be the end.
    private mutating func takeVerified() -> [DownloadAction] {
        guard !newlyVerified.isEmpty else { return [] }
        defer { newlyVerified = [] }
        return [.verified(newlyVerified)]
    }

    /// The hashes of all pieces that are wanted, once they are known.
    package var knownHashes: PieceHashes? { layer.isComplete ? layer.hashes : nil }

    // MARK: Actions

    mutating func send(_ message: PeerMessage, to id: LinkID) { outgoing[id, default: []].append(message) }

    private mutating func flush(at now: Duration) -> [DownloadAction] {
        defer {
            actions = []
            jobs = []
            outgoing = [:]
        }
        for id in outgoing.keys.sorted() {
            guard let messages = outgoing[id], links[id] != nil else { continue }
            actions.append(.send(id, messages))
        }
        return jobs.map { .store($0) } + takeVerified() + actions
    }
}
