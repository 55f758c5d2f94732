import Content

/// The progress of every piece, and the sums over it.
struct PieceTable {
    let geometry: Geometry
    private var pieces: [PieceProgress]
    /// Pieces under way: partial, whole or suspect.
    private(set) var started: PieceList
    private(set) var verified = PieceSet.none
    /// Pieces that are verified or not wanted: who has no others is of no interest.
    private(set) var unneeded = PieceSet.none
    /// Of the wanted pieces.
    private var verifiedCount = 0
    private var wantedCount: Int
    /// In bytes, of the wanted pieces.
    private(set) var verifiedSize: Int64 = 0
    private(set) var wantedSize: Int64
    /// Bytes of blocks that are stored but not verified.
    private(set) var unverifiedSize: Int64 = 0

    /// - Parameter wanted: all pieces where nil.
    init(geometry: Geometry, verified: [PieceIndex], wanted: [PieceIndex]? = nil) {
        self.geometry = geometry
        pieces = Array(repeating: wanted == nil ? .missing : .unwanted, count: geometry.pieceCount)
        started = PieceList(pieceCount: geometry.pieceCount)
        wantedCount = wanted == nil ? geometry.pieceCount : 0
        wantedSize = wanted == nil ? geometry.size : 0
        for piece in wanted ?? [] where !isMissing(piece) {
            pieces[piece.value] = .missing
            wantedCount += 1
            wantedSize += Int64(geometry.length(of: piece))
        }
        if wanted != nil {
            for piece in geometry.pieces where !isMissing(piece) {
                unneeded.insert(piece, pieceCount: geometry.pieceCount)
            }
        }
        for piece in verified { _ = verify(piece) }
    }

    subscript(piece: PieceIndex) -> PieceProgress { pieces[piece.value] }

    var isComplete: Bool { verifiedCount == wantedCount }
    var isPart: Bool { wantedCount < geometry.pieceCount }

    func isMissing(_ piece: PieceIndex) -> Bool {
        if case .missing = pieces[piece.value] { true } else { false }
    }

    /// Whether it is to be fetched, or there.
    func isWanted(_ piece: PieceIndex) -> Bool {
        if case .unwanted = pieces[piece.value] { false } else { true }
    }

    func state(of block: BlockIndex) -> PartialPiece.Block? {
        let place = geometry.place(of: block)
        return switch pieces[place.piece.value] {
        case .missing: .absent
        case .partial(let partial), .whole(let partial, _), .suspect(let partial): partial.blocks[place.position]
        case .unwanted, .verified: nil
        }
    }

    mutating func start(_ piece: PieceIndex, claim: PartialPiece.Claim) {
        pieces[piece.value] = .partial(
            PartialPiece(blockCount: geometry.blocks(of: piece).count, claim: claim))
        started.insert(piece)
    }

    /// Changes a piece that is partial; nil where it is not. The piece is taken out meanwhile, so that its
    /// blocks are changed in place.
    mutating func modify<Result>(_ piece: PieceIndex, _ body: (inout PartialPiece) -> Result) -> Result? {
        guard case .partial(var partial) = pieces[piece.value] else { return nil }
        pieces[piece.value] = .missing
        defer { pieces[piece.value] = .partial(partial) }
        return body(&partial)
    }

    /// Sets the state of a block of a partial piece, and gives what it was.
    @discardableResult
    mutating func set(_ block: BlockIndex, to state: PartialPiece.Block) -> PartialPiece.Block? {
        let place = geometry.place(of: block)
        let old = modify(place.piece) { $0.set(place.position, to: state) }
        if case .stored = state { unverifiedSize += Int64(place.length) }
        if case .stored = old { unverifiedSize -= Int64(place.length) }
        return old
    }

    /// Moves a partial piece whose blocks are all stored on to `whole`; gives the hash that they make.
    mutating func finish(_ piece: PieceIndex) -> Hash256? {
        guard case .partial(var partial) = pieces[piece.value], let stored = partial.stored else { return nil }
        partial.claim = .exhausted
        var fold = MerkleFold()
        for block in stored { fold.append(block.hash) }
        let hash = fold.root(at: geometry.verificationLayer(of: piece))
        pieces[piece.value] = .whole(partial, hash: hash)
        return hash
    }

    mutating func suspect(_ piece: PieceIndex) {
        guard case .whole(let partial, _) = pieces[piece.value] else { return }
        pieces[piece.value] = .suspect(partial)
    }

    /// Ends the work on a piece; gives its blocks with their senders, empty where it was not under way.
    mutating func verify(_ piece: PieceIndex) -> [(hash: Hash256, sender: MemberID)] {
        var blocks: [(hash: Hash256, sender: MemberID)] = []
        switch pieces[piece.value] {
        case .verified: return []
        case .unwanted:
            pieces[piece.value] = .verified
            verified.insert(piece, pieceCount: geometry.pieceCount)
            return []
        case .missing, .partial, .suspect: break
        case .whole(let partial, _):
            blocks = partial.stored ?? []
            unverifiedSize -= Int64(geometry.length(of: piece))
        }
        pieces[piece.value] = .verified
        started.remove(piece)
        verified.insert(piece, pieceCount: geometry.pieceCount)
        unneeded.insert(piece, pieceCount: geometry.pieceCount)
        verifiedCount += 1
        verifiedSize += Int64(geometry.length(of: piece))
        return blocks
    }

    /// Makes blocks absent that were stored, by the choice of `body`; the piece is partial afterwards. False
    /// where `body` chose none.
    mutating func reopen(_ piece: PieceIndex, _ body: (inout PartialPiece) -> Bool) -> Bool {
        guard var partial = partial(piece) else { return false }
        let before = storedSize(of: partial, piece)
        guard body(&partial) else { return false }
        unverifiedSize -= before - storedSize(of: partial, piece)
        pieces[piece.value] = .partial(partial)
        return true
    }

    private func partial(_ piece: PieceIndex) -> PartialPiece? {
        switch pieces[piece.value] {
        case .partial(let partial), .whole(let partial, _), .suspect(let partial): partial
        case .unwanted, .missing, .verified: nil
        }
    }

    private func storedSize(of partial: PartialPiece, _ piece: PieceIndex) -> Int64 {
        zip(geometry.blocks(of: piece), partial.blocks).reduce(0) { sum, next in
            if case .stored = next.1 { sum + Int64(geometry.length(of: next.0)) } else { sum }
        }
    }
}
