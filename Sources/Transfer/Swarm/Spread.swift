import Content

/// Which pieces the holder of a whole content reveals to whom, so that each leaves him once before any leaves him
/// twice: what others call super-seeding, without its cost for a single leecher.
///
/// A piece is *free* while no linked peer has it and none was told of it; it is *promised* to the one link that was
/// told of it, until somebody says that he has it. A link is told of more as it asks for what it knows of, a *window*
/// ahead, which doubles whenever it was asked for whole. When all pieces are out, everybody is told of everything.
///
/// Times are those of the swarm.
struct Spread {
    private struct Promise {
        let link: LinkID
        var since: Duration
        var isRequested = false
    }

    private struct Lead {
        /// Pieces that it was told of and did not ask for yet.
        var waiting: Set<PieceIndex> = []
        /// In bytes of such pieces.
        var window: Int
        /// It asked for all that it was told of.
        var isStarved = false
        /// When it last asked for something, or had something new.
        var lastSign: Duration
        /// It did not ask for what it was told of: it is told of nothing more before it asks for something.
        var isIdle = false
    }

    /// To begin with: so small a part of the content that many links get some, and no more than this.
    private static let firstPart: Int64 = 128
    private static let firstWindow: Int64 = 1 << 20
    private static let largestWindow = 64 << 20
    /// A link that is the only one is told of this part of the content, as far as the largest of these windows: its
    /// line may be long, and others come a moment later.
    private static let lonePart: Int64 = 8
    private static let loneWindow: Int64 = 16 << 20
    /// Neighbouring pieces are revealed together: reads and writes that follow each other are cheaper.
    private static let runLength = 4 << 20
    /// What a link does not ask for, or does not get, is given to another when nothing was heard of it for so long.
    private static let askWithin: Duration = .seconds(5)
    private static let arriveWithin: Duration = .seconds(30)
    /// Once no piece is free any more: then all wait for what one leaves lying, however busy it is.
    private static let askAtLastWithin: Duration = .seconds(1)

    private let geometry: Geometry
    /// By piece, how many links have it.
    private var copies: [Int32]
    private var promises: [PieceIndex: Promise] = [:]
    private var leads: [LinkID: Lead] = [:]
    /// Pieces that may be free, the next one last. A free one stands in it once, and no other twice.
    private var candidates: [PieceIndex]
    /// By piece, whether it stands there.
    private var isCandidate: [Bool]
    /// In bytes: how large a piece is on the average, where files are small ones.
    private let pieceSize: Int

    init(geometry: Geometry, using random: inout some RandomNumberGenerator) {
        self.geometry = geometry
        copies = Array(repeating: 0, count: geometry.pieceCount)
        isCandidate = Array(repeating: true, count: geometry.pieceCount)
        pieceSize = Int(max(1, geometry.size / Int64(max(1, geometry.pieceCount))))
        let run = max(1, Self.runLength / pieceSize)
        let starts = stride(from: 0, to: geometry.pieceCount, by: run).shuffled(using: &random)
        candidates = starts.flatMap { start in
            (start..<min(start + run, geometry.pieceCount)).reversed().compactMap { geometry.piece($0) }
        }
    }

    // MARK: What happens

    func knows(_ link: LinkID) -> Bool { leads[link] != nil }

    mutating func joined(_ link: LinkID, at now: Duration) { leads[link] = Lead(window: firstWindow, lastSign: now) }

    /// - Parameter pieces: What the link had.
    mutating func left(_ link: LinkID, having pieces: PieceSet) {
        guard leads.removeValue(forKey: link) != nil else { return }
        for (piece, promise) in promises.sorted(by: { $0.key < $1.key }) where promise.link == link {
            promises[piece] = nil
            release(piece)
        }
        if pieces.isEmpty { return }
        for piece in geometry.pieces where pieces.contains(piece) {
            copies[piece.value] -= 1
            release(piece)
        }
    }

    /// The link has a piece that it had not.
    mutating func gained(_ piece: PieceIndex, _ link: LinkID, at now: Duration) {
        guard leads[link] != nil else { return }
        leads[link]?.lastSign = now
        copies[piece.value] += 1
        if let promise = promises.removeValue(forKey: piece) { leads[promise.link]?.waiting.remove(piece) }
        leads[link]?.waiting.remove(piece)
    }

    mutating func requested(_ piece: PieceIndex, by link: LinkID, at now: Duration) {
        guard knows(link) else { return }
        leads[link]?.isIdle = false
        leads[link]?.lastSign = now
        guard leads[link]?.waiting.remove(piece) != nil else { return }
        if leads[link]?.waiting.isEmpty == true { leads[link]?.isStarved = true }
        guard promises[piece]?.link == link else { return }
        promises[piece] = Promise(link: link, since: now, isRequested: true)
    }

    /// Takes back what nobody came for.
    mutating func tick(at now: Duration) {
        dropStaleCandidates()
        let areLast = candidates.isEmpty
        for (piece, promise) in promises.sorted(by: { $0.key < $1.key }) {
            if areLast, !promise.isRequested, now - promise.since >= Self.askAtLastWithin {
                takeBack(piece, promise)
                continue
            }
            let patience = promise.isRequested ? Self.arriveWithin : Self.askWithin
            // A link that is busy comes to it in the end: what it asked for waits behind other things.
            let lastSign = max(promise.since, leads[promise.link]?.lastSign ?? .zero)
            guard now - lastSign >= patience else { continue }
            takeBack(piece, promise)
            leads[promise.link]?.isIdle = true
        }
    }

    private mutating func takeBack(_ piece: PieceIndex, _ promise: Promise) {
        promises[piece] = nil
        leads[promise.link]?.waiting.remove(piece)
        release(piece)
    }

    /// The piece may be free again.
    private mutating func release(_ piece: PieceIndex) {
        guard isFree(piece), !isCandidate[piece.value] else { return }
        isCandidate[piece.value] = true
        candidates.append(piece)
    }

    // MARK: What is revealed

    /// It was told of pieces and asked for none of them.
    func isIdle(_ link: LinkID) -> Bool { leads[link]?.isIdle == true }

    /// Every piece is with somebody: there is nothing to be careful with.
    mutating func isOver() -> Bool {
        dropStaleCandidates()
        return candidates.isEmpty && promises.isEmpty
    }

    /// What a link is told of now.
    mutating func reveal(to link: LinkID, at now: Duration) -> [PieceIndex] {
        guard var lead = leads[link], !lead.isIdle else { return [] }
        if lead.isStarved {
            lead.isStarved = false
            lead.window = min(lead.window * 2, Self.largestWindow)
        }
        let window = leads.count == 1 ? max(lead.window, loneWindow) : lead.window
        var revealed: [PieceIndex] = []
        while lead.waiting.count < 2 || lead.waiting.count * pieceSize < window {
            dropStaleCandidates()
            guard let piece = candidates.popLast() else { break }
            isCandidate[piece.value] = false
            promises[piece] = Promise(link: link, since: now)
            lead.waiting.insert(piece)
            revealed.append(piece)
        }
        leads[link] = lead
        return revealed
    }

    private var firstWindow: Int { Int(min(geometry.size / Self.firstPart, Self.firstWindow)) }
    private var loneWindow: Int { Int(min(geometry.size / Self.lonePart, Self.loneWindow)) }

    private mutating func dropStaleCandidates() {
        while let last = candidates.last, !isFree(last) {
            candidates.removeLast()
            isCandidate[last.value] = false
        }
    }

    private func isFree(_ piece: PieceIndex) -> Bool { copies[piece.value] == 0 && promises[piece] == nil }
}
