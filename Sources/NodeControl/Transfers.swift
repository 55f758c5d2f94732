package import FoundationEssentials

/// A download as the queue has it.
package struct TransferStatus: Codable, Hashable, Sendable {
    package enum State: Codable, Hashable, Sendable {
        /// It waits for a place among those that are active.
        case queued
        /// Its bytes come, or it is being looked for who has them.
        case active
        /// Nothing has come for a while: nobody who has it is there, or those who are let it wait. It goes on by itself,
        /// and takes no other's place meanwhile.
        case waiting
        case paused
        /// Whole, under its name; listed until the program ends.
        case finished
        /// It does not go on by itself.
        case failed(NodeFailure)
    }

    /// Stays the same as long as the transfer is there.
    package var number: Int64
    /// As it is published.
    package var name: String
    /// Where the file will stand.
    package var path: String
    package var state: State
    package var priority: TransferPriority
    /// In bytes: what is verified, and all of it.
    package var done: Int64
    /// Nil while it is not known how large the part of a folder is.
    package var total: Int64?
    /// Bytes a second over the last seconds; nil while there is nothing to go by.
    package var rate: Double?
    /// Links that deliver.
    package var sources: Int
    /// Which ways these came about, each once, the best first.
    package var paths: [LinkKind]
    /// Members who have it, to whom no way led when they were dialled last, or whose links broke off: some of them.
    package var missed: [String]
    /// While it is ``State/waiting``, from whom it may come, as ``NodeProgress/waitsFor``; nil where that was not looked up yet.
    package var waitsFor: [String]?
    /// Its own limits, in bytes a second; nil where it has none.
    package var upward: Int?
    package var downward: Int?

    package init(
        number: Int64, name: String, path: String, state: State, priority: TransferPriority = .normal, done: Int64,
        total: Int64?, rate: Double? = nil, sources: Int = 0, paths: [LinkKind] = [],
        missed: [String] = [], waitsFor: [String]? = nil, upward: Int? = nil, downward: Int? = nil
    ) {
        self.number = number
        self.name = name
        self.path = path
        self.state = state
        self.priority = priority
        self.done = done
        self.total = total
        self.rate = rate
        self.sources = sources
        self.paths = paths
        self.missed = missed
        self.waitsFor = waitsFor
        self.upward = upward
        self.downward = downward
    }
}

/// Which pieces of a transfer's content are here, and which those have that it comes from. While nothing comes, there are
/// no pieces in it.
package struct PieceMap: Codable, Hashable, Sendable {
    package struct Source: Codable, Hashable, Sendable {
        package var member: String
        package var path: LinkKind
        /// As ``PieceMap/states``, of what he says to have.
        package var pieces: Data

        package init(member: String, path: LinkKind, pieces: Data) {
            self.member = member
            self.path = path
            self.pieces = pieces
        }
    }

    package var pieceCount: Int
    /// In bytes.
    package var pieceLength: Int
    /// One bit a piece, set for those that are here, the first piece in the highest bit of the first byte.
    package var states: Data
    package var sources: [Source]

    package init(pieceCount: Int, pieceLength: Int, states: Data, sources: [Source]) {
        self.pieceCount = pieceCount
        self.pieceLength = pieceLength
        self.states = states
        self.sources = sources
    }

    package static let none = PieceMap(pieceCount: 0, pieceLength: 0, states: Data(), sources: [])
}

/// Those of a higher one have their turn first; of the same, those that came first.
package enum TransferPriority: Int, Codable, CaseIterable, Sendable {
    case low = -1
    case normal = 0
    case high = 1
}

/// What a queue does with a transfer, on its user's word.
package enum TransferChange: Codable, Hashable, Sendable {
    /// It keeps what it has, and waits for ``resume``.
    case pause
    /// It goes on as soon as there is a place.
    case resume
    /// It is forgotten, and what it has fetched thrown away: both have happened when the call returns.
    case cancel
    case prioritise(TransferPriority)
    /// Before, or behind, all others of its priority.
    case moveToFront
    case moveToBack
    /// In bytes a second; nil for no limit of its own.
    case limit(TransferDirection, Int?)
}

package enum TransferDirection: String, Codable, CaseIterable, Sendable {
    /// From here to others.
    case up
    /// From others to here.
    case down
}

/// How much the node gives and takes, over all contents; kept over restarts.
package struct NodeLimits: Codable, Hashable, Sendable {
    /// In bytes a second; nil for no limit. With 0 upwards nothing is served at all, and nobody is told that anything
    /// could be had from here.
    package var upward: Int?
    package var downward: Int?
    /// Links that are served at the same time.
    package var slots: Int
    /// Transfers that are active at the same time.
    package var active: Int

    package static let slotRange = 1...1_000
    package static let activeRange = 1...100
    /// Slower than this a block takes so long that others take the link for dead.
    package static let leastRate = 4_096
    /// 1 TB/s: more is no limit.
    package static let mostRate = 1_000_000_000_000

    /// Whether each is in its range.
    package var arePossible: Bool {
        Self.slotRange.contains(slots) && Self.activeRange.contains(active)
            && upward.map { $0 == 0 || Self.isPossible($0) } ?? true && downward.map(Self.isPossible) ?? true
    }

    /// Whether a download, or all of them, can have this limit.
    package static func isPossible(_ rate: Int) -> Bool { (leastRate...mostRate).contains(rate) }

    package init(upward: Int? = nil, downward: Int? = nil, slots: Int = 64, active: Int = 3) {
        self.upward = upward
        self.downward = downward
        self.slots = slots
        self.active = active
    }
}
