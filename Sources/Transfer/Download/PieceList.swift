import Content

/// A set of pieces in an order of its own, which is the same in every process: what a set of the standard
/// library, with its random seeds, does not give, and simulations need.
struct PieceList {
    private(set) var pieces: [PieceIndex] = []
    /// By piece, where it stands; -1 where it does not.
    private var positions: [Int32]

    init(pieceCount: Int) {
        positions = Array(repeating: -1, count: pieceCount)
    }

    func contains(_ piece: PieceIndex) -> Bool { positions[piece.value] >= 0 }

    mutating func insert(_ piece: PieceIndex) {
        guard !contains(piece) else { return }
        positions[piece.value] = Int32(pieces.count)
        pieces.append(piece)
    }

    /// The last one takes the place of the one that is removed.
    mutating func remove(_ piece: PieceIndex) {
        let position = Int(positions[piece.value])
        guard position >= 0, let last = pieces.popLast() else { return }
        positions[piece.value] = -1
        guard last != piece else { return }
        pieces[position] = last
        positions[last.value] = Int32(position)
    }
}
