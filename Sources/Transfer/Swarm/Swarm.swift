package import Content
package import Wire

/// One content among those who have or want it, as a state machine: events in, actions out, no clocks, no tasks.
///
/// Links serve both ways. Each has an ``Upload``, from the first piece on that is here; while pieces are missing, one
/// ``Download`` asks all of them. When none is missing any more, links to whole peers end, and a ``Spread`` sees to it
/// that a piece leaves once before another leaves twice.
package struct Swarm: Sendable {
    private struct Peer {
        let member: UserName
        let isDialled: Bool
        /// The download knows of it.
        var isSource = false
        /// Answers that may still come to what the download had asked for when it was done.
        var owed = 0
    }

    private static let uploadTick: Duration = .seconds(1)

    package let content: ContentID
    package let geometry: Geometry
    private let user: UserName
    private let limits: UploadLimits

    /// Nil when nothing is missing.
    private var download: Download?
    private var layer: PieceLayer?
    /// Pieces that are here, verified.
    package private(set) var held: PieceSet
    private var peers: [LinkID: Peer] = [:]
    private var uploads: [LinkID: Upload] = [:]
    private var spread: Spread
    private var lastUploadTick: Duration = .zero

    // What the events at hand lead to.
    private var forDownload: [DownloadEvent] = []
    private var outgoing: [LinkID: [PeerMessage]] = [:]
    private var actions: [SwarmAction] = []

    /// A content that is not whole here, or not at all.
    ///
    /// - Parameter user: Who this is; settles which of two links between the same members stays.
    package init(fetching download: Download, as user: UserName, limits: UploadLimits = UploadLimits(), seed: UInt64) {
        self.user = user
        self.limits = limits
        self.download = download
        content = download.content
        geometry = download.geometry
        layer = download.pieceLayer
        held = download.table.verified
        var random = SplitMix(seed: seed)
        spread = Spread(geometry: geometry, using: &random)
    }

    /// A content that is here.
    package init(seeding layer: PieceLayer, as user: UserName, limits: UploadLimits = UploadLimits(), seed: UInt64) {
        self.user = user
        self.limits = limits
        self.layer = layer
        content = layer.content
        geometry = layer.geometry
        held = .all
        var random = SplitMix(seed: seed)
        spread = Spread(geometry: geometry, using: &random)
    }

    /// Nil when nothing is missing.
    package var progress: DownloadProgress? { download?.progress }

    /// Takes what happened since the last time, all of it at once, and says what is to be done.
    ///
    /// - Parameter now: Time since the swarm began.
    package mutating func take(_ events: [SwarmEvent], at now: Duration) -> [SwarmAction] {
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
        case .opened(let id, let member, let abilities, let isDialled):
            opened(id, member, abilities, isDialled: isDialled, at: now)
        case .received(let id, let messages): received(messages, id, at: now)
        case .closed(let id, let end): lose(id, end)
        case .upload(let id, let event): serve(id, [event], at: now)
        case .download(let event): forDownload.append(event)
        case .tick(let canRead):
            forDownload.append(.tick(canRead: canRead))
            tick(at: now)
        }
    }

    // MARK: Links

    private mutating func opened(
        _ id: LinkID, _ member: UserName, _ abilities: PeerAbilities, isDialled: Bool, at now: Duration
    ) {
        // Two who dial each other at the same time: both keep the link that the first by name dialled.
        if let rival = peers.first(where: { $1.member == member && $1.isDialled != isDialled })?.key {
            guard isDialled == (user < member) else {
                actions.append(.close(id, .refused))
                return
            }
            lose(rival, .refused)
        }
        peers[id] = Peer(member: member, isDialled: isDialled, isSource: download != nil)
        // With one piece there is nothing to choose (and libtorrent 2.0 leaves a peer that becomes whole by a `have` before
        // it has said that it is interested).
        let isSpread = download == nil && geometry.pieceCount > 1 && !spread.isOver()
        let offered = isSpread ? PieceSet.none : held
        uploads[id] = Upload(
            of: content, geometry: geometry, holding: held, offering: offered, layer: layer, abilities: abilities,
            limits: limits, at: now)
        spread.joined(id, at: now)
        serve(id, [], at: now)
        if download != nil { forDownload.append(.opened(id, member: member, abilities: abilities)) }
    }

    private mutating func received(_ messages: [PeerMessage], _ id: LinkID, at now: Duration) {
        guard let peer = peers[id] else { return }
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
                guard download == nil || !peer.isSource else {
                    toDownload.append(message)
                    break
                }
                // What was asked for before the end comes after it.
                if let owed = peers[id]?.owed, owed > 0 { peers[id]?.owed -= 1 } else { toUpload.append(message) }
            case .choke, .unchoke, .extended:
                if download != nil, peer.isSource { toDownload.append(message) } else { toUpload.append(message) }
            }
        }
        if download != nil, peer.isSource, !toDownload.isEmpty { forDownload.append(.received(id, toDownload)) }
        let before = uploads[id]?.isInterested
        note(toUpload, id, at: now)
        serve(id, [.received(toUpload)], at: now)
        guard let upload = uploads[id] else { return }
        if upload.isInterested != before { forDownload.append(.leeches(id, upload.isInterested)) }
        if download == nil, upload.theirs.isWhole { lose(id, .ended) }
    }

    /// Tells the spread who has and wants what.
    private mutating func note(_ messages: [PeerMessage], _ id: LinkID, at now: Duration) {
        guard let theirs = uploads[id]?.theirs else { return }
        for message in messages {
            switch message {
            case .request(let request):
                if let piece = geometry.piece(Int(request.piece)) { spread.requested(piece, by: id, at: now) }
            case .have(let number):
                if let piece = geometry.piece(Int(number)), !theirs.contains(piece) {
                    spread.gained(piece, id, at: now)
                }
            case .haveAll where theirs.isEmpty: for piece in geometry.pieces { spread.gained(piece, id, at: now) }
            case .bitfield(let bits) where theirs.isEmpty:
                guard let pieces = PieceSet(bitfield: bits, pieceCount: geometry.pieceCount) else { break }
                for piece in geometry.pieces where pieces.contains(piece) { spread.gained(piece, id, at: now) }
            default: break
            }
        }
    }

    /// The link is not used any more; whoever broke the protocol is not asked again.
    private mutating func lose(_ id: LinkID, _ end: LinkEnd) {
        guard let peer = peers[id] else { return }
        if peer.isSource, download != nil { forDownload.append(.closed(id, end)) }
        drop(id)
        actions.append(.close(id, end))
    }

    private mutating func drop(_ id: LinkID) {
        guard peers.removeValue(forKey: id) != nil else { return }
        if let upload = uploads.removeValue(forKey: id) {
            spread.left(id, having: upload.theirs)
            if upload.isInterested { actions.append(.releaseSlot(id)) }
        }
        outgoing[id] = nil
    }

    // MARK: Serving

    private mutating func serve(_ id: LinkID, _ events: [UploadEvent], at now: Duration) {
        guard let peer = peers[id], let steps = uploads[id]?.take(events, at: now) else { return }
        for step in steps {
            switch step {
            case .send(let messages): outgoing[id, default: []] += messages
            case .read(let run): actions.append(.read(id, run))
            case .hash(let job): actions.append(.hash(id, job))
            case .wantSlot: actions.append(.wantSlot(id, peer.member))
            case .releaseSlot: actions.append(.releaseSlot(id))
            case .close(.link(let end)): lose(id, end)
            case .close(.sourceChanged): actions.append(.sourceChanged)
            case .close(.sourceUnreadable(let reason)):
                actions.append(.unreadable(id, reason))
                lose(id, .ended)
            }
        }
    }

    private mutating func tick(at now: Duration) {
        guard now - lastUploadTick >= Self.uploadTick else { return }
        lastUploadTick = now
        spread.tick(at: now)
        for id in uploads.keys.sorted() { serve(id, [.tick], at: now) }
    }

    /// Tells links of pieces that are free, or of all where none is.
    private mutating func revealPieces(at now: Duration) {
        guard download == nil else { return }
        let isOver = spread.isOver()
        for id in uploads.keys.sorted() {
            guard let upload = uploads[id], upload.mayBeTold, !upload.offered.isWhole else { continue }
            let pieces = isOver ? Array(geometry.pieces) : spread.reveal(to: id, at: now)
            if !pieces.isEmpty { serve(id, [.gained(pieces)], at: now) }
        }
    }

    // MARK: Fetching

    private mutating func advanceDownload(at now: Duration) {
        repeat {
            for step in takeDownloadSteps(at: now) { perform(step, at: now) }
        } while download != nil && !forDownload.isEmpty
        forDownload = []
        learnLayer(at: now)
    }

    private mutating func takeDownloadSteps(at now: Duration) -> [DownloadAction] {
        let events = forDownload
        forDownload = []
        return download?.take(events, at: now) ?? []
    }

    private mutating func learnLayer(at now: Duration) {
        guard layer == nil, let known = download?.pieceLayer else { return }
        layer = known
        actions.append(.layerKnown(known))
        for id in uploads.keys.sorted() { serve(id, [.layer(known)], at: now) }
    }

    private mutating func perform(_ step: DownloadAction, at now: Duration) {
        switch step {
        case .send(let id, let messages):
            guard peers[id] != nil else { return }
            uploads[id]?.shares(messages.count, at: now)
            outgoing[id, default: []] += messages
        case .store(let job): actions.append(.store(job))
        case .record(let pieces): actions.append(.record(pieces))
        case .verified(let pieces): verified(pieces, at: now)
        case .close(let id, let end): disowned(id, end)
        case .askForSources(let request): actions.append(.askForSources(request))
        case .notice(let notice): actions.append(.notice(notice))
        case .finished: finish()
        case .failed(let reasons): actions.append(.failed(reasons))
        }
    }

    private mutating func verified(_ pieces: [PieceIndex], at now: Duration) {
        for piece in pieces { held.insert(piece, pieceCount: geometry.pieceCount) }
        for id in uploads.keys.sorted() { serve(id, [.gained(pieces)], at: now) }
    }

    /// The download asks nothing more of a link. One that was refused because its member is linked already may still
    /// be served.
    private mutating func disowned(_ id: LinkID, _ end: LinkEnd) {
        guard let peer = peers[id] else { return }
        peers[id]?.isSource = false
        if end == .refused, !peer.isDialled, download?.isBanned(peer.member) == false { return }
        drop(id)
        actions.append(.close(id, end))
    }

    private mutating func finish() {
        guard let download else { return }
        let unrecorded = takeUnrecorded()
        if !unrecorded.isEmpty { actions.append(.record(unrecorded)) }
        actions.append(.fetched(download.summary))
        layer = layer ?? download.pieceLayer
        self.download = nil
        for id in peers.keys.sorted() {
            peers[id]?.owed = download.limits.largestWindow
            if uploads[id]?.theirs.isWhole == true || layer == nil { lose(id, .ended) }
        }
    }

    private mutating func flush(at now: Duration) -> [SwarmAction] {
        defer {
            actions = []
            outgoing = [:]
        }
        let sends = outgoing.keys.sorted().compactMap { id in
            outgoing[id].map { SwarmAction.send(id, $0) }
        }
        return sends + actions
    }
}
