import Content
import Wire

/// Which pieces the holder of a whole content reveals to whom, so that each leaves him once before any leaves him
/// twice: what others call super-seeding, without its cost for a single leecher.
///
/// A piece is *free* while no linked peer has it and none was told of it; it is *promised* to the one link that was
/// told of it, until somebody says that he has it. A link is told of more as it asks for what it knows of, a *window*
/// ahead, which doubles whenever it was asked for whole, and shrinks to twice what it asked for within a second: what it
/// is told of and does not come to others wait for. When all pieces are out, everybody is told of everything.
///
/// A promise is kept as long as its piece gets on, for a while at most, and a link holds a bounded part of what is free: whose
/// promises lapse is told of everything and promised nothing, on later links too. And nobody waits for long for what is
/// promised to others: who comes by nothing new is told of everything. So whoever takes pieces, or only a little of each, and
/// tells nobody, costs others a moment.
///
/// Times are those of the swarm.
struct Spread {
    private struct Promise {
        let link: LinkID
        let since: Duration
        /// When it was asked for further, or sent further, than before.
        var progress: Duration
        /// Bytes from its beginning that were asked for, and sent.
        var asked = 0
        var sent = 0

        init(_ link: LinkID, at now: Duration) { (self.link, since, progress) = (link, now, now) }

        var isRequested: Bool { asked > 0 }
    }

    private struct Lead {
        let member: UserName
        /// Pieces that it was told of and did not ask for yet.
        var waiting: Set<PieceIndex> = []
        /// In bytes of such pieces.
        var window: Int
        /// Bytes of pieces that it asked for since time last passed.
        var asked = 0
        /// It asked for all that it was told of.
        var isStarved = false
        /// When it last asked for something, or had something new.
        var lastSign: Duration
        /// It did not ask for what it was told of: it is told of nothing more before it asks for something.
        var isIdle = false
        /// Pieces that it asked for and that nobody said he has.
        var owed = 0
        /// How often it let a promise lapse.
        var lapses = 0
        /// Since when there is nothing that it could ask for, nor anything on its way, and nothing new came to it.
        var hungrySince: Duration?
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
    /// What it asked for is given to another after so long, however it gets on, and as much longer as the piece needs at so
    /// many bytes a second.
    private static let promisedFor: Duration = .seconds(60)
    private static let slowest = 64 << 10
    /// So long a link waits for what is promised to others.
    private static let patience: Duration = .seconds(5)
    /// A link that so often did not ask for what it was told of is promised nothing more; what it asked for and did not get
    /// counts as much.
    private static let lapseLimit = 8
    /// What a link is promised at most: so many of its windows, and so many pieces.
    private static let promisedWindows = 3
    private static let promisedPieces = 16
    /// Once no piece is free any more: then all wait for what one leaves lying, however busy it is.
    private static let askAtLastWithin: Duration = .seconds(3)

    private let geometry: Geometry
    /// By piece, how many links have it.
    private var copies: [Int32]
    private var promises: [PieceIndex: Promise] = [:]
    private var leads: [LinkID: Lead] = [:]
    /// Members who are promised nothing any more.
    private var distrusted: Set<UserName> = []
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

    /// A member is promised something on one link at a time.
    mutating func joined(_ link: LinkID, of member: UserName, at now: Duration) {
        var lead = Lead(member: member, window: firstWindow, lastSign: now)
        if distrusted.contains(member) || leads.values.contains(where: { $0.member == member }) {
            lead.lapses = Self.lapseLimit
        }
        leads[link] = lead
    }

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
        leads[link]?.hungrySince = nil
        copies[piece.value] += 1
        if let promise = promises.removeValue(forKey: piece) { forget(piece, promise) }
        leads[link]?.waiting.remove(piece)
    }

    /// - Parameter end: Of what was asked for, in bytes from the beginning of the piece.
    mutating func requested(_ piece: PieceIndex, upTo end: Int, by link: LinkID, at now: Duration) {
        guard knows(link) else { return }
        leads[link]?.isIdle = false
        leads[link]?.lastSign = now
        let isFirst = leads[link]?.waiting.remove(piece) != nil
        if isFirst {
            leads[link]?.asked += geometry.length(of: piece)
            if leads[link]?.waiting.isEmpty == true { leads[link]?.isStarved = true }
        }
        guard var promise = promises[piece], promise.link == link, promise.asked < end else { return }
        if !promise.isRequested {
            promise = Promise(link, at: now)
            leads[link]?.owed += 1
        }
        (promise.asked, promise.progress) = (end, now)
        promises[piece] = promise
    }

    /// - Parameter end: Of what was sent, in bytes from the beginning of the piece.
    mutating func sent(_ piece: PieceIndex, upTo end: Int, to link: LinkID, at now: Duration) {
        guard var promise = promises[piece], promise.link == link, promise.sent < end else { return }
        (promise.sent, promise.progress) = (end, now)
        promises[piece] = promise
    }

    /// A second passed: takes back what nobody came for.
    mutating func tick(at now: Duration) {
        for (link, lead) in leads {
            leads[link]?.window = min(lead.window, 2 * lead.asked)
            leads[link]?.asked = 0
        }
        dropStaleCandidates()
        let areLast = candidates.isEmpty
        for (piece, promise) in promises.sorted(by: { $0.key < $1.key }) {
            guard isLapsed(piece, promise, areLast, at: now) else { continue }
            promises[piece] = nil
            forget(piece, promise)
            release(piece)
            leads[promise.link]?.isIdle = true
            leads[promise.link]?.lapses += promise.isRequested ? Self.lapseLimit : 1
            if isPromisedNothing(promise.link), let member = leads[promise.link]?.member { distrusted.insert(member) }
        }
    }

    private func isLapsed(_ piece: PieceIndex, _ promise: Promise, _ areLast: Bool, at now: Duration) -> Bool {
        let kept = now - promise.since
        if areLast, !promise.isRequested, kept >= Self.askAtLastWithin { return true }
        if kept >= Self.promisedFor + .seconds(geometry.length(of: piece) / Self.slowest) { return true }
        if promise.isRequested { return now - promise.progress >= Self.arriveWithin }
        // A link that is busy comes to it in the end.
        return now - max(promise.since, leads[promise.link]?.lastSign ?? .zero) >= Self.askWithin
    }

    private mutating func forget(_ piece: PieceIndex, _ promise: Promise) {
        leads[promise.link]?.waiting.remove(piece)
        if promise.isRequested { leads[promise.link]?.owed -= 1 }
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

    /// It took what it was promised, and nobody heard of it: it may be told of everything.
    func isPromisedNothing(_ link: LinkID) -> Bool { leads[link].map { $0.lapses >= Self.lapseLimit } ?? false }

    /// There has been nothing for it but what is promised to others, for so long that it may be told of that, too.
    func isHungry(_ link: LinkID, at now: Duration) -> Bool {
        leads[link]?.hungrySince.map { now - $0 >= Self.patience } ?? false
    }

    /// Every piece is with somebody: there is nothing to be careful with.
    mutating func isOver() -> Bool {
        dropStaleCandidates()
        return candidates.isEmpty && promises.isEmpty
    }

    /// What a link is told of now.
    mutating func reveal(to link: LinkID, at now: Duration) -> [PieceIndex] {
        guard var lead = leads[link], !lead.isIdle, !isPromisedNothing(link) else { return [] }
        if lead.isStarved {
            lead.isStarved = false
            lead.window = min(max(lead.window * 2, 2 * pieceSize), Self.largestWindow)
        }
        let window = leads.count == 1 ? max(lead.window, loneWindow) : lead.window
        var revealed: [PieceIndex] = []
        let most = Self.promisedWindows * window + Self.promisedPieces * pieceSize
        while lead.waiting.count < 2 || lead.waiting.count * pieceSize < window {
            guard (lead.waiting.count + lead.owed) * pieceSize < most else { break }
            dropStaleCandidates()
            guard let piece = candidates.popLast() else { break }
            isCandidate[piece.value] = false
            promises[piece] = Promise(link, at: now)
            lead.waiting.insert(piece)
            revealed.append(piece)
        }
        let hasNothing = lead.waiting.isEmpty && lead.owed == 0
        lead.hungrySince = hasNothing ? lead.hungrySince ?? now : nil
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
