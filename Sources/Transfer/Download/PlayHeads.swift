import Content

/// What somebody reads while it comes: of each reader the pieces from his place on, as far as they are missing.
///
/// The readers have their turns: first the next piece of each, then the second of each.
struct PlayHeads {
    /// Further readers wait for what comes in the order of all.
    private static let limit = 16

    /// As they were given.
    private var ranges: [Range<Int>] = []
    /// By reader, in ascending order.
    private var missing: [[PieceIndex]] = []
    /// The most urgent first.
    private(set) var pieces: [PieceIndex] = []

    init() {}

    /// - Parameter ranges: Numbers of pieces; those that do not exist or are not wanted are passed over.
    init(_ ranges: [Range<Int>], in table: PieceTable) {
        self.ranges = Array(ranges.prefix(Self.limit))
        let geometry = table.geometry
        missing = self.ranges.map { range in
            range.clamped(to: 0..<geometry.pieceCount).compactMap { geometry.piece($0) }
                .filter { !table.unneeded.contains($0) }
        }
        var seen: Set<PieceIndex> = []
        for turn in 0..<(missing.map(\.count).max() ?? 0) {
            for window in missing where turn < window.count && seen.insert(window[turn]).inserted {
                pieces.append(window[turn])
            }
        }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// What each reader needs next; each piece once.
    var next: [PieceIndex] {
        missing.compactMap(\.first).reduce(into: []) { next, piece in
            if !next.contains(piece) { next.append(piece) }
        }
    }

    /// Whether some reader is at a place to which none of the former ones was about to come.
    func isJump(from former: PlayHeads) -> Bool {
        ranges.contains { range in
            !former.ranges.contains { $0.lowerBound <= range.lowerBound && range.lowerBound <= $0.upperBound }
        }
    }

    /// The piece is here.
    mutating func remove(_ piece: PieceIndex) {
        guard let position = pieces.firstIndex(of: piece) else { return }
        pieces.remove(at: position)
        for reader in missing.indices { missing[reader].removeAll { $0 == piece } }
    }
}
