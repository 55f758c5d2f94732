package import Content
import NIOCore
package import Wire

/// One content among those who have or want it, as a state machine: events in, actions out, no clocks, no tasks.
///
/// Links serve both ways. Each has an ``Upload``, from the first piece on that is here; while pieces are missing, one
/// ``Download`` asks all of them. When none is missing any more, links to whole peers end, and a ``Spread`` sees to it
/// that a piece leaves once before another leaves twice.
package struct Swarm: Sendable {
    struct Peer {
        let member: UserName
        let isDialled: Bool
        let path: LinkPath
        let opened: Duration
        var lastHeard: Duration
        var upload: Upload
        /// The download knows of it.
        var isSource: Bool
        /// That it showed.
        var ticket: [UInt8]?
        /// Answers that may still come to what the download had asked for when it was done.
        var owed = 0
        /// What goes to it, for the events at hand.
        var outgoing: [PeerMessage] = []
    }

    /// A link on which nothing came for so long keeps nobody out who dials anew.
    private static let patience: Duration = .seconds(2)
    private static let uploadTick: Duration = .seconds(1)
    /// In bytes, over all links but the one that asks.
    private static let hashesAtOnce = 48 << 10

    package let layout: ContentLayout
    private let user: UserName
    let limits: UploadLimits
    let gate: UploadGate
    /// What is shown to those who demand a ticket.
    var ticket: [UInt8]?

    /// Nil when nothing is missing.
    private(set) var download: Download?
    private(set) var hashes: PieceHashes?
    /// Somebody reads what is fetched, so that its order is none that a holder could choose.
    private var isChoosing = false
    /// Pieces that are here, verified.
    package private(set) var held: PieceSet
    var peers = LinkTable<Peer>()
    private var hashCredits = HashCredits()
    /// Knows of links from the moment on when nothing is missing any more.
    private var spread: Spread
    private var lastUploadTick: Duration = .zero
    /// Since when nothing is missing.
    private var wholeSince: Duration = .zero
    /// Of the events at hand.
    private var lastTime: Duration = .zero

    // What the events at hand lead to.
    private var forDownload: [DownloadEvent] = []
    /// Links to which something goes.
    private var addressed: [LinkID] = []
    private var actions: [SwarmAction] = []

    /// A content that is not whole here, or not at all.
    ///
    /// - Parameter user: Who this is; settles which of two links between the same members stays.
    package init(
        fetching download: Download, as user: UserName, limits: UploadLimits = UploadLimits(), gate: UploadGate = .open,
        seed: UInt64
    ) {
        self.user = user
        self.limits = limits
        self.gate = gate
        self.download = download
        layout = download.layout
        hashes = download.knownHashes
        held = download.table.verified
        var random = SplitMix(seed: seed)
        spread = Spread(geometry: layout.geometry, using: &random)
    }

    /// A content that is here.
    package init(
        seeding hashes: PieceHashes, as user: UserName, limits: UploadLimits = UploadLimits(), gate: UploadGate = .open,
        seed: UInt64
    ) {
        self.user = user
        self.limits = limits
        self.gate = gate
        self.hashes = hashes
        layout = hashes.layout
        held = .all
        var random = SplitMix(seed: seed)
        spread = Spread(geometry: layout.geometry, using: &random)
    }

    package var geometry: Geometry { layout.geometry }

    /// Nil when nothing is missing.
    package var progress: DownloadProgress? { download?.progress }

    /// Takes what happened since the last time, all of it at once, and says what is to be done.
    ///
    /// - Parameter now: Time since the swarm began.
    package mutating func take(_ events: [SwarmEvent], at now: Duration) -> [SwarmAction] {
        lastTime = now
        for event in events { take(event, at: now) }
        advanceDownload(at: now)
        revealPieces(at: now)
        return flush(at: now)
    }

    /// Ends a download early: nothing is asked for any more, but blocks that arrived before still count when they are
    /// stored.
    package mutating func endDownload() { download?.end() }

    /// Takes the verified pieces that are to be recorded.
    package mutating func takeUnrecorded() -> [PieceIndex] { download?.takeUnrecorded() ?? [] }

    private mutating func take(_ event: SwarmEvent, at now: Duration) {
        switch event {
        case .opened(let id, let member, let abilities, let isDialled, let path):
            opened(id, member, abilities, isDialled: isDialled, path, at: now)
        case .received(let id, let messages): received(messages, id, at: now)
        case .closed(let id, let end): lose(id, end)
        case .upload(let id, let event): serve(id, [event], at: now)
        case .ticket(let ticket): show(ticket, at: now)
        case .download(let event):
            if case .prefer = event { choose(at: now) }
            forDownload.append(event)
        case .tick(let canRead, let heldBack):
            forDownload.append(.tick(canRead: canRead, heldBack: heldBack))
            tick(at: now)
        }
    }

    // MARK: Links

    private mutating func opened(
        _ id: LinkID, _ member: UserName, _ abilities: PeerAbilities, isDialled: Bool, _ path: LinkPath,
        at now: Duration
    ) {
        // Two who dial each other at the same time: both keep the link that the first by name dialled. A better one takes
        // the other's place in its own time, and whoever dials long after that has a reason to.
        let rival = peers.first { _, peer in
            peer.member == member && peer.isDialled != isDialled && (path.isRelayed || !peer.path.isRelayed)
        }
        if let (rival, peer) = rival {
            let isDead = now - peer.lastHeard >= Self.patience
            guard isDead || path.isRelayed == peer.path.isRelayed && isDialled == (user < member) else {
                actions.append(.close(id, .refused))
                return
            }
            lose(rival, isDead ? .stalled : .refused)
        }
        // What takes a relay's place is told what that was told, and all else: it is for one member.
        let isSecond = !path.isRelayed && peers.contains { $1.member == member && $1.path.isRelayed }
        let offered = isSpreading() && !isSecond ? PieceSet.none : held
        let isLinked = peers.contains { $1.member == member }
        let upload = Upload(
            of: layout, holding: held, offering: offered, hashes: hashes,
            isPart: isChoosing || download?.table.isPart == true,
            hashCredit: hashCredits.take(member, isLinked: isLinked, at: now), abilities: abilities, limits: limits,
            isAdmitted: isAdmitted(member, showing: nil), ticket: ticket, at: now)
        peers[id] = Peer(
            member: member, isDialled: isDialled, path: path, opened: now, lastHeard: now, upload: upload,
            isSource: download != nil)
        if download == nil, !upload.takesNothing { spread.joined(id, of: member, at: now) }
        serve(id, [], at: now)
        guard download != nil else { return }
        forDownload.append(.opened(id, member: member, abilities: abilities, isDialled: isDialled, path: path))
    }

    /// With one piece there is nothing to choose (and libtorrent 2.0 leaves a peer that becomes whole by a `have` before
    /// it has said that it is interested).
    mutating func isSpreading() -> Bool {
        download == nil && held.isWhole && geometry.pieceCount > 1 && !spread.isOver()
    }

    private mutating func received(_ messages: [PeerMessage], _ id: LinkID, at now: Duration) {
        let known = peers.with(id) { peer in
            peer.lastHeard = now
            return peer.isSource
        }
        guard let isSource = known else { return }
        let isAsked = download != nil && isSource
        var toUpload: [PeerMessage] = []
        var toDownload: [PeerMessage] = []
        for message in messages {
            switch message {
            case .request, .cancel, .interested, .notInterested, .hashRequest, .keepAlive:
                toUpload.append(message)
            case .have, .bitfield, .haveAll, .haveNone:
                toUpload.append(message)
                toDownload.append(message)
            case .piece, .reject, .hashes, .hashReject:
                guard !isAsked else {
                    toDownload.append(message)
                    break
                }
                // What was asked for before the end comes after it.
                if let owed = peers[id]?.owed, owed > 0 { peers[id]?.owed -= 1 } else { toUpload.append(message) }
            case .extended(let number, _):
                toUpload.append(message)
                if number == 0 { toDownload.append(message) }
            case .choke, .unchoke:
                if isAsked { toDownload.append(message) } else { toUpload.append(message) }
            }
        }
        if isAsked, !toDownload.isEmpty { forDownload.append(.received(id, toDownload)) }
        if download == nil { note(toUpload, id, at: now) }
        if toUpload.contains(where: \.isHashRequest) { shareHashes(id) }
        let before = peers.with(id) { $0.upload.isInterested }
        answer(toUpload, of: id, at: now)
        noteNews(of: id, at: now)
        settleLead(id, at: now)
        guard let after = peers.with(id, { ($0.upload.isInterested, $0.upload.theirs.isWhole) }) else { return }
        if after.0 != before { forDownload.append(.leeches(id, after.0)) }
        if download == nil, after.1 { lose(id, .ended) }
    }

    /// When many ask for the hashes of the pieces at once, each who gets them soon can give them to others: they are not
    /// sent to all side by side.
    private mutating func shareHashes(_ id: LinkID) {
        let size = peers.reduce(0) { $0 + ($1.key == id ? 0 : $1.value.upload.hashJobs.unsentSize) }
        peers.with(id) { $0.upload.leavesHashesToOthers = size >= Self.hashesAtOnce }
    }

    /// Tells the spread what a link wants.
    private mutating func note(_ messages: [PeerMessage], _ id: LinkID, at now: Duration) {
        for case .request(let request) in messages {
            guard let piece = geometry.piece(Int(request.piece)) else { continue }
            spread.requested(piece, upTo: Int(request.begin) + Int(request.length), by: id, at: now)
        }
    }

    /// Tells the spread what a link gets.
    private mutating func noteSent(_ messages: [PeerMessage], _ id: LinkID, at now: Duration) {
        guard download == nil else { return }
        for case .piece(let index, let begin, let bytes) in messages {
            guard let piece = geometry.piece(Int(index)) else { continue }
            spread.sent(piece, upTo: Int(begin) + bytes.readableBytes, to: id, at: now)
        }
    }

    /// Tells the spread what a link was found to have.
    private mutating func noteNews(of id: LinkID, at now: Duration) {
        guard let news = peers.with(id, { $0.upload.takeNews() }) ?? nil, download == nil else { return }
        switch news {
        case .pieces(let pieces): for piece in pieces { spread.gained(piece, id, at: now) }
        case .announced:
            guard let theirs = peers.with(id, { $0.upload.theirs }), !theirs.isEmpty else { return }
            for piece in geometry.pieces where theirs.contains(piece) { spread.gained(piece, id, at: now) }
        }
    }

    /// The spread knows of who may take something, and of no others.
    mutating func settleLead(_ id: LinkID, at now: Duration) {
        guard download == nil, let takesNothing = peers.with(id, { $0.upload.takesNothing }),
            takesNothing == spread.knows(id), let theirs = peers.with(id, { $0.upload.theirs })
        else { return }
        if takesNothing { spread.left(id, having: theirs) } else { lead(id, having: theirs, at: now) }
    }

    private mutating func lead(_ id: LinkID, having theirs: PieceSet, at now: Duration) {
        guard let member = peers[id]?.member else { return }
        spread.joined(id, of: member, at: now)
        if theirs.isEmpty { return }
        for piece in geometry.pieces where theirs.contains(piece) { spread.gained(piece, id, at: now) }
    }

    /// The link is not used any more; whoever broke the protocol is not asked again.
    mutating func lose(_ id: LinkID, _ end: LinkEnd) {
        guard let peer = peers[id] else { return }
        if peer.isSource, download != nil { forDownload.append(.closed(id, end)) }
        drop(id)
        actions.append(.close(id, end))
        if peer.isSource { promoteAnother() }
    }

    /// A link that was refused as a source, and kept for what it takes, has its turn when another source is gone.
    private mutating func promoteAnother() {
        guard let download else { return }
        let linked = Set(peers.values.filter(\.isSource).map(\.member))
        let next = peers.first { !$1.isSource && !linked.contains($1.member) && !download.isBanned($1.member) }
        guard let (id, peer) = next.map({ ($0.key, $0.value) }) else { return }
        peers[id]?.isSource = true
        forDownload.append(
            .opened(
                id, member: peer.member, abilities: peer.upload.abilities, isDialled: peer.isDialled, path: peer.path))
        if peer.upload.hasAnnounced {
            let news = peer.upload.theirs.announcement(of: geometry, to: peer.upload.abilities)
            forDownload.append(.received(id, news))
        }
        forDownload.append(.leeches(id, peer.upload.isInterested))
    }

    private mutating func drop(_ id: LinkID) {
        noteNews(of: id, at: lastTime)
        guard let (member, upload) = peers.removeValue(forKey: id).map({ ($0.member, $0.upload) }) else { return }
        hashCredits.put(upload.hashJobs.credit, of: member, at: lastTime)
        spread.left(id, having: upload.theirs)
        if upload.isInterested { actions.append(.releaseSlot(id)) }
    }

    // MARK: Serving

    mutating func serve(_ id: LinkID, _ events: [UploadEvent], at now: Duration) {
        for step in peers.with(id, { $0.upload.take(events, at: now) }) ?? [] {
            switch step {
            case .send(let messages):
                noteSent(messages, id, at: now)
                send(messages, to: id)
            case .read(let run): actions.append(.read(id, run))
            case .hash(let job): actions.append(.hash(id, job))
            case .wantSlot(let wish):
                if let member = peers[id]?.member { actions.append(.wantSlot(id, member, wish: wish)) }
            case .releaseSlot: actions.append(.releaseSlot(id))
            case .close(.link(let end)): lose(id, end)
            case .close(.sourceChanged): actions.append(.sourceChanged)
            case .close(.sourceUnreadable(let reason)):
                actions.append(.unreadable(id, reason))
                lose(id, .ended)
            }
        }
    }

    private mutating func send(_ messages: [PeerMessage], to id: LinkID) {
        let isFirst = peers.with(id) { peer in
            defer { peer.outgoing += messages }
            return peer.outgoing.isEmpty
        }
        if isFirst == true { addressed.append(id) }
    }

    private mutating func tick(at now: Duration) {
        guard now - lastUploadTick >= Self.uploadTick else { return }
        lastUploadTick = now
        spread.tick(at: now)
        for id in peers.keys {
            serve(id, [.tick], at: now)
            reviewAdmission(of: id, at: now)
        }
        // Two of whom neither has all, and neither wants more, would keep each other for ever.
        guard download == nil, now - wholeSince >= limits.silence else { return }
        for id in peers.keys where peers.with(id, { $0.upload.isOfNoUse(at: now) }) == true { lose(id, .ended) }
    }

    /// Tells links of pieces that are free, or of all where none is; and of all who may have no use for those that are.
    private mutating func revealPieces(at now: Duration) {
        guard download == nil, held.isWhole else { return }
        let isOver = spread.isOver()
        for id in peers.keys {
            let needs = peers.with(id) { peer -> (part: Bool, wants: Bool)? in
                guard peer.upload.mayBeTold, !peer.upload.offered.isWhole, !peer.upload.takesNothing else { return nil }
                return (peer.upload.wantsPart, peer.upload.isInterested)
            }
            guard let needs = needs ?? nil else { continue }
            let mayWantOthers = needs.part || spread.isIdle(id) && !needs.wants || spread.isPromisedNothing(id)
            let pieces =
                isOver || mayWantOthers || spread.isHungry(id, at: now)
                ? Array(geometry.pieces) : spread.reveal(to: id, at: now)
            if !pieces.isEmpty { serve(id, [.gained(pieces)], at: now) }
        }
    }

    // MARK: Fetching

    private mutating func advanceDownload(at now: Duration) {
        repeat {
            for step in takeDownloadSteps(at: now) { perform(step, at: now) }
        } while download != nil && !forDownload.isEmpty
        forDownload = []
        learnHashes(at: now)
    }

    private mutating func takeDownloadSteps(at now: Duration) -> [DownloadAction] {
        let events = forDownload
        forDownload = []
        return download?.take(events, at: now) ?? []
    }

    /// A holder that reveals piece by piece is to tell of all.
    private mutating func choose(at now: Duration) {
        guard download != nil, !isChoosing else { return }
        isChoosing = true
        for id in peers.keys { serve(id, [.choosing], at: now) }
    }

    private mutating func learnHashes(at now: Duration) {
        guard hashes == nil, let known = download?.knownHashes else { return }
        hashes = known
        actions.append(.hashesKnown(known))
        for id in peers.keys { serve(id, [.hashes(known)], at: now) }
    }

    private mutating func perform(_ step: DownloadAction, at now: Duration) {
        switch step {
        case .send(let id, let messages):
            peers.with(id) { $0.upload.shares(messages.count, at: now) }
            send(messages, to: id)
        case .store(let job): actions.append(.store(job))
        case .record(let pieces): actions.append(.record(pieces))
        case .verified(let pieces): verified(pieces, at: now)
        case .close(let id, let end): disowned(id, end)
        case .askForSources(let request): actions.append(.askForSources(request))
        case .lookForBetterWays(let members): actions.append(.lookForBetterWays(members))
        case .notice(let notice): actions.append(.notice(notice))
        case .finished: finish(at: now)
        case .failed(let reasons): actions.append(.failed(reasons))
        }
    }

    private mutating func verified(_ pieces: [PieceIndex], at now: Duration) {
        for piece in pieces { held.insert(piece, pieceCount: geometry.pieceCount) }
        actions.append(.verified(pieces))
        for id in peers.keys { serve(id, [.gained(pieces)], at: now) }
    }

    /// The download asks nothing more of a link. One that was refused because its member is linked already may still
    /// be served.
    private mutating func disowned(_ id: LinkID, _ end: LinkEnd) {
        guard let peer = peers[id] else { return }
        peers[id]?.isSource = false
        if end == .refused, !peer.isDialled, download?.isBanned(peer.member) == false { return }
        drop(id)
        actions.append(.close(id, end))
        promoteAnother()
    }

    private mutating func finish(at now: Duration) {
        guard let download else { return }
        let unrecorded = takeUnrecorded()
        if !unrecorded.isEmpty { actions.append(.record(unrecorded)) }
        actions.append(.fetched(download.summary))
        hashes = hashes ?? download.knownHashes
        self.download = nil
        wholeSince = now
        for id in peers.keys {
            let theirs = peers.with(id) { peer in
                peer.owed = download.limits.largestWindow
                return peer.upload.theirs
            }
            guard let theirs, !theirs.isWhole, hashes != nil else {
                lose(id, .ended)
                continue
            }
            settleLead(id, at: now)
        }
    }

    private mutating func flush(at now: Duration) -> [SwarmAction] {
        defer {
            actions = []
            addressed = []
        }
        let sends = addressed.sorted().compactMap { id in
            peers.with(id) { peer in
                defer { peer.outgoing = [] }
                return SwarmAction.send(id, peer.outgoing)
            }
        }
        return sends + actions
    }
}

extension PeerMessage {
    fileprivate var isHashRequest: Bool { if case .hashRequest = self { true } else { false } }
}
