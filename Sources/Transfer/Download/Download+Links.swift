import Content
import NIOCore
import Wire

/// Links come, say what they have, and go.
extension Download {
    /// At the same time: one that goes, and one that comes.
    private static let linksOfMember = 2

    mutating func opened(
        _ id: LinkID, by name: UserName, _ abilities: PeerAbilities, isDialled: Bool, _ path: LinkPath,
        at now: Duration
    ) {
        let member = roster.id(of: name)
        let others = links.filter { $0.value.member == member }
        guard !roster.isBanned(member), others.count < Self.linksOfMember,
            links.count < limits.links || others.count > 0,
            others.allSatisfy({ $0.value.yields(to: path) })
        else {
            actions.append(.close(id, .refused))
            return
        }
        links[id] = Source(
            member: member, abilities: abilities, isDialled: isDialled, path: path, limits: limits, at: now)
        dirty.insert(id)
        reviewSought()
        if roster.end(of: member) == .stalled { links[id]?.window.collapse() }
    }

    mutating func close(_ id: LinkID, _ end: LinkEnd, at now: Duration) {
        guard let source = links.removeValue(forKey: id) else { return }
        forget(source, id, at: now)
        roster.note(end, of: source.member)
        actions.append(.close(id, end))
        parted.removeAll { $0.member == source.member }
        parted.append((source.member, end))
    }

    /// Tells who is not linked any more, once all is taken that happened together: where another link takes the place of one that
    /// ended, nobody is lost.
    mutating func tellLost() {
        for (member, end) in parted where !links.contains(where: { $0.value.member == member }) {
            actions.append(.notice(.sourceLost(roster.name(of: member), end)))
        }
        parted = []
    }

    /// Whoever breaks the protocol is not asked again in this run.
    mutating func violated(_ violation: LinkEnd.Violation, _ id: LinkID, at now: Duration) {
        guard let source = links[id] else { return }
        close(id, .violation(violation), at: now)
        ban(source.member, at: now)
    }

    /// Closes a liar's links, and asks others for all that he sent and that is not verified.
    mutating func convict(_ member: MemberID, of lies: [FalseBlock], first: BlockIndex, at now: Duration) {
        guard !roster.isBanned(member) else { return }
        actions.append(.notice(.sourceLied(roster.name(of: member), lies)))
        roster.note(.lied(first), of: member)
        for id in links.keys where links[id]?.member == member {
            guard let source = links.removeValue(forKey: id) else { continue }
            forget(source, id, at: now)
            actions.append(.close(id, .lied(first)))
        }
        ban(member, at: now)
    }

    private mutating func ban(_ member: MemberID, at now: Duration) {
        roster.ban(member)
        for piece in table.started.pieces where table.reopen(piece, { $0.dropBlocks(of: member) }) {
            inquiries.forget(.blame(piece))
            picker.reopened(piece, in: &table)
        }
        offerAll()
    }

    private mutating func forget(_ source: Source, _ id: LinkID, at now: Duration) {
        var source = source
        outgoing[id] = nil
        dirty.remove(id)
        inquiries.linkClosed(id, at: now)
        picker.lost(source.pieces, geometry: geometry)
        picker.disown(id, in: &table)
        for block in source.window.releaseAll() { picker.released(block, in: &table) }
        calls.sources(links.values.count(where: \.isAnnounced), at: now)
        reviewSought()
        offerAll()
    }

    /// There may be something to do for every link.
    mutating func offerAll() {
        dirty.formUnion(links.keys)
    }

    // MARK: What they have

    mutating func announced(_ bits: [UInt8], _ id: LinkID, at now: Duration) {
        guard let pieces = PieceSet(bitfield: bits, pieceCount: geometry.pieceCount) else {
            return violated(.badBitfield, id, at: now)
        }
        announced(pieces, id, at: now)
    }

    mutating func announced(_ pieces: PieceSet, _ id: LinkID, at now: Duration) {
        guard let source = links[id] else { return }
        guard !source.isAnnounced else { return violated(.badBitfield, id, at: now) }
        links[id]?.isAnnounced = true
        links[id]?.pieces = pieces
        dirty.insert(id)
        picker.gained(pieces, geometry: geometry)
        calls.sources(1, at: now)
        if case .none = pieces { return }
        tellInterest(id)
    }

    mutating func gained(_ number: UInt32, _ id: LinkID, at now: Duration) {
        guard let piece = geometry.piece(Int(number)) else { return violated(.pieceOutOfRange, id, at: now) }
        let pieceCount = geometry.pieceCount
        let change = links.with(id) { source in
            // Without BEP 6, a peer that has nothing yet need not say so.
            source.isAnnounced = true
            let isNew = source.pieces.insert(piece, pieceCount: pieceCount)
            return (isNew: isNew, isWhole: source.pieces.isWhole, isTold: source.isTold)
        }
        guard let change else { return }
        calls.sources(1, at: now)
        guard change.isNew else { return useless(id, at: now) }
        inquiries.announced(id)
        if change.isWhole {
            picker.hasMore(id)
            picker.lost(PieceSet(geometry.pieces.filter { $0 != piece }, pieceCount: pieceCount), geometry: geometry)
        } else {
            picker.gained(piece, id)
        }
        dirty.insert(id)
        if !change.isTold, !table.unneeded.contains(piece) { tellInterest(id) }
    }

    private mutating func tellInterest(_ id: LinkID) {
        guard let source = links[id], !source.isTold, source.pieces.hasMore(than: table.unneeded) else { return }
        links[id]?.isTold = true
        send(.interested, to: id)
    }

    // MARK: What they allow

    mutating func unchoked(_ id: LinkID, at now: Duration) {
        guard links[id]?.isChoking == true else { return useless(id, at: now) }
        links[id]?.isChoking = false
        dirty.insert(id)
    }

    mutating func choked(_ id: LinkID, at now: Duration) {
        guard let source = links[id] else { return }
        guard !source.isChoking else { return useless(id, at: now) }
        links[id]?.isChoking = true
        // With BEP 6 each request is answered or rejected; without, a choke drops them all.
        if !source.abilities.fast { takeBack(id, cancelling: false) }
        picker.disown(id, in: &table)
        offerAll()
        useless(id, at: now)
    }

    mutating func extended(_ number: UInt8, _ payload: ByteBuffer, _ id: LinkID, at now: Duration) {
        useless(id, at: now)
        guard number == 0, let handshake = try? ExtensionHandshake(decoding: Array(payload.readableBytesView)),
            let queue = handshake.requestQueue
        else { return }
        links[id]?.window.peerQueues(queue)
        dirty.insert(id)
    }

    /// Tells peers whether they have anything that is missing here, where that changed.
    mutating func reviewInterest(at now: Duration) {
        for id in links.keys {
            guard let source = links[id], source.isTold, source.window.openCount == 0,
                !source.pieces.hasMore(than: table.unneeded)
            else { continue }
            links[id]?.isTold = false
            send(.notInterested, to: id)
        }
    }

    mutating func useless(_ id: LinkID, at now: Duration) {
        let count = links.with(id) { source in
            source.useless += 1
            return source.useless
        }
        if let count, count > Source.uselessLimit { violated(.messageFlood, id, at: now) }
    }
}
