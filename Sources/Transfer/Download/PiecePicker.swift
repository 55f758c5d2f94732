import Content

/// Which blocks a link is asked for next.
///
/// Ahead of all, what somebody is about to read, from whoever has it: then the time until it is whole counts. Else in
/// this order: the rest of pieces that the link has begun, so that a piece comes from one member where
/// possible and one liar spoils one piece; pieces that were begun by links that are gone or stall; a new piece,
/// the rarest first; the rest of pieces that other links have begun. What comes then is ``Endgame``.
///
/// Invariant: a piece with absent blocks stands in the claims of the link that its own claim names, or in
/// `orphans` where it names none. Claims may also list pieces that are no longer the link's: they are passed
/// over.
struct PiecePicker {
    var heads = PlayHeads()
    private var rarity: RarityOrder
    /// Never empty ones.
    private var claims = LinkTable<[PieceIndex]>()
    private var orphans: [PieceIndex] = []
    /// Links that have no piece which may still be begun, so that they are not looked through again and again.
    private var barren: Set<LinkID> = []

    init(table: PieceTable, using random: inout some RandomNumberGenerator) {
        rarity = RarityOrder(geometry: table.geometry, using: &random)
        for piece in table.geometry.pieces where !table.isMissing(piece) { rarity.remove(piece) }
    }

    /// Every piece was begun, so all that is missing is asked for, or about to be.
    var isNothingLeft: Bool { rarity.isEmpty }

    // MARK: What links have

    mutating func gained(_ piece: PieceIndex, _ link: LinkID) {
        hasMore(link)
        rarity.gained(piece)
    }

    /// The link has a piece that it had not.
    mutating func hasMore(_ link: LinkID) { barren.remove(link) }

    /// A link with some of the pieces came.
    mutating func gained(_ pieces: PieceSet, geometry: Geometry) {
        guard case .some = pieces else { return }
        for piece in geometry.pieces where pieces.contains(piece) { rarity.gained(piece) }
    }

    /// A link went, or has all pieces now and is no longer counted.
    mutating func lost(_ pieces: PieceSet, geometry: Geometry) {
        guard case .some = pieces else { return }
        for piece in geometry.pieces where pieces.contains(piece) { rarity.lost(piece) }
    }

    // MARK: Picking

    /// Up to `count` blocks to ask a link for; they are `requested` afterwards.
    ///
    /// - Parameters:
    ///   - pieces: Of which blocks may be picked.
    ///   - all: What the link has, as it was counted.
    ///   - mayStart: Whether a piece may be begun that nobody was asked for yet.
    mutating func pick(
        _ count: Int, for link: LinkID, having pieces: PieceSet, of all: PieceSet, from table: inout PieceTable,
        mayStart: (PieceIndex) -> Bool
    ) -> [BlockIndex] {
        var picked: [BlockIndex] = []
        picked.reserveCapacity(count)
        if !heads.isEmpty {
            drawHeads(for: link, upTo: count, having: pieces, from: &table, into: &picked, mayStart: mayStart)
        }
        drawClaims(of: link, upTo: count, having: pieces, from: &table, into: &picked)
        while picked.count < count, claimNext(for: link, having: pieces, of: all, from: &table, mayStart: mayStart) {
            drawClaims(of: link, upTo: count, having: pieces, from: &table, into: &picked)
        }
        if picked.count < count { help(link, upTo: count, having: pieces, from: &table, into: &picked) }
        return picked
    }

    private mutating func drawHeads(
        for link: LinkID, upTo count: Int, having pieces: PieceSet, from table: inout PieceTable,
        into picked: inout [BlockIndex], mayStart: (PieceIndex) -> Bool
    ) {
        for piece in heads.pieces where pieces.contains(piece) {
            guard picked.count < count else { return }
            if table.isMissing(piece) {
                guard mayStart(piece) else { continue }
                rarity.remove(piece)
                table.start(piece, claim: .link(link))
                claim(piece, for: link)
            }
            draw(piece, upTo: count, from: &table, into: &picked)
        }
    }

    private mutating func drawClaims(
        of link: LinkID, upTo count: Int, having pieces: PieceSet, from table: inout PieceTable,
        into picked: inout [BlockIndex]
    ) {
        guard let claimed = claims[link] else { return }
        var used = 0
        for piece in claimed {
            guard picked.count < count else { break }
            let isOwn = table.modify(piece) { $0.claim == .link(link) }
            if isOwn == true {
                draw(piece, upTo: count, from: &table, into: &picked)
                let isExhausted = table.modify(piece) { partial in
                    guard partial.absentCount == 0 else { return false }
                    partial.claim = .exhausted
                    return true
                }
                guard isExhausted == true else { break }
            }
            used += 1
        }
        claims[link] = used == claimed.count ? nil : Array(claimed.dropFirst(used))
    }

    private func draw(
        _ piece: PieceIndex, upTo count: Int, from table: inout PieceTable, into picked: inout [BlockIndex]
    ) {
        let blocks = table.geometry.blocks(of: piece)
        _ = table.modify(piece) { partial in
            while picked.count < count, let position = partial.takeAbsent() {
                picked.append(blocks[blocks.index(blocks.startIndex, offsetBy: position)])
            }
        }
    }

    private mutating func claimNext(
        for link: LinkID, having pieces: PieceSet, of all: PieceSet, from table: inout PieceTable,
        mayStart: (PieceIndex) -> Bool
    ) -> Bool {
        if let position = orphans.firstIndex(where: pieces.contains) {
            let piece = orphans.remove(at: position)
            _ = table.modify(piece) { $0.claim = .link(link) }
            claim(piece, for: link)
            return true
        }
        guard !barren.contains(link) else { return false }
        var isHeldBack = false
        let next = rarity.first(of: all) { piece in
            let passes = pieces.contains(piece) && mayStart(piece)
            isHeldBack = isHeldBack || !passes
            return passes
        }
        guard let piece = next else {
            if !isHeldBack { barren.insert(link) }
            return false
        }
        rarity.remove(piece)
        table.start(piece, claim: .link(link))
        claim(piece, for: link)
        return true
    }

    private mutating func claim(_ piece: PieceIndex, for link: LinkID) {
        if claims.with(link, { $0.append(piece) }) == nil { claims[link] = [piece] }
    }

    /// Draws from the ends of other links' claims: those they would come to last.
    private func help(
        _ link: LinkID, upTo count: Int, having pieces: PieceSet, from table: inout PieceTable,
        into picked: inout [BlockIndex]
    ) {
        for (other, claimed) in claims where other != link {
            for piece in claimed.reversed() where pieces.contains(piece) {
                guard picked.count < count else { return }
                draw(piece, upTo: count, from: &table, into: &picked)
            }
        }
    }

    // MARK: What comes back

    /// One link fewer is asked for the block.
    mutating func released(_ block: BlockIndex, in table: inout PieceTable) {
        guard case .requested(let links) = table.state(of: block) else { return }
        table.set(block, to: links > 1 ? .requested(links: links - 1) : .absent)
        if links == 1 { reopened(table.geometry.piece(of: block), in: &table) }
    }

    /// A piece has absent blocks again: somebody must come for them.
    mutating func reopened(_ piece: PieceIndex, in table: inout PieceTable) {
        let isUnclaimed = table.modify(piece) { partial in
            guard partial.claim == .exhausted, partial.absentCount > 0 else { return false }
            partial.claim = .orphan
            return true
        }
        if isUnclaimed == true { orphans.append(piece) }
    }

    /// The link draws no more for now: its pieces are for whoever is free.
    mutating func disown(_ link: LinkID, in table: inout PieceTable) {
        barren.remove(link)
        for piece in claims.removeValue(forKey: link) ?? [] {
            let isOpen = table.modify(piece) { partial in
                guard partial.claim == .link(link) else { return false }
                partial.claim = partial.absentCount > 0 ? .orphan : .exhausted
                return partial.absentCount > 0
            }
            if isOpen == true { orphans.append(piece) }
        }
    }
}
