import Content

/// Where one piece of a download stands. It moves from top to bottom; from `whole` and `suspect` it goes back
/// to `partial` where blocks of it turn out false.
enum PieceProgress {
    /// Nobody is asked for it.
    case unwanted
    /// Nobody was asked for any of it.
    case missing
    case partial(PartialPiece)
    /// All blocks are stored, and this is the hash that they make; what it should be is not known yet.
    case whole(PartialPiece, hash: Hash256)
    /// All blocks are stored, and they do not make the piece's hash.
    case suspect(PartialPiece)
    case verified
}

/// The blocks of a piece that is under way.
///
/// Invariant: `absentCount` and `storedCount` count what `blocks` says.
struct PartialPiece {
    enum Block {
        case absent
        /// Of so many links at the same time; more than one only at the end of a download.
        case requested(links: Int)
        /// Being hashed and written. Further copies are thrown away.
        case arriving(from: MemberID)
        case stored(Hash256, from: MemberID)
    }

    /// Who draws blocks from it.
    enum Claim: Equatable {
        case link(LinkID)
        /// Nobody: whoever is free takes it first.
        case orphan
        /// No block of it is absent.
        case exhausted
    }

    private(set) var blocks: [Block]
    private(set) var absentCount: Int
    private(set) var storedCount = 0
    var claim: Claim
    /// No block before this one is absent.
    private var cursor = 0

    init(blockCount: Int, claim: Claim) {
        blocks = Array(repeating: .absent, count: blockCount)
        absentCount = blockCount
        self.claim = claim
    }

    var isWhole: Bool { storedCount == blocks.count }

    /// Sets the state of a block, and gives what it was.
    @discardableResult
    mutating func set(_ position: Int, to state: Block) -> Block {
        let old = blocks[position]
        if case .absent = old { absentCount -= 1 }
        if case .stored = old { storedCount -= 1 }
        if case .absent = state {
            absentCount += 1
            cursor = min(cursor, position)
        }
        if case .stored = state { storedCount += 1 }
        blocks[position] = state
        return old
    }

    /// The first absent block, now requested of one link.
    mutating func takeAbsent() -> Int? {
        guard absentCount > 0 else { return nil }
        while cursor < blocks.count {
            if case .absent = blocks[cursor] {
                set(cursor, to: .requested(links: 1))
                return cursor
            }
            cursor += 1
        }
        return nil
    }

    /// Makes the blocks absent that a member sent and that are stored; says whether there were any. Those that
    /// are arriving still follow when they have arrived.
    mutating func dropBlocks(of member: MemberID) -> Bool {
        let count = storedCount
        for position in blocks.indices {
            if case .stored(_, member) = blocks[position] { set(position, to: .absent) }
        }
        return storedCount < count
    }

    /// Hash and sender of each block; nil unless all are stored.
    var stored: [(hash: Hash256, sender: MemberID)]? {
        guard isWhole else { return nil }
        return blocks.compactMap { if case .stored(let hash, let sender) = $0 { (hash, sender) } else { nil } }
    }
}
