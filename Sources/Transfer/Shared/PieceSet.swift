package import Content

/// Which pieces a peer has.
package enum PieceSet: Hashable, Sendable {
    case none
    case all
    /// One bit a piece, the first piece in the lowest bit of the first word; never all of them.
    case some(words: [UInt64], count: Int)

    package func contains(_ piece: PieceIndex) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .some(let words, _): words[piece.value / 64] >> (piece.value % 64) & 1 == 1
        }
    }

    package var isEmpty: Bool { if case .none = self { true } else { false } }
    package var isWhole: Bool { if case .all = self { true } else { false } }

    package init(_ pieces: some Sequence<PieceIndex>, pieceCount: Int) {
        self = .none
        for piece in pieces { insert(piece, pieceCount: pieceCount) }
    }

    /// Reads a bitfield message (BEP 3); nil where its length is wrong or a spare bit is set.
    init?(bitfield: [UInt8], pieceCount: Int) {
        guard bitfield.count == (pieceCount + 7) / 8 else { return nil }
        var words = [UInt64](repeating: 0, count: (pieceCount + 63) / 64)
        var count = 0
        for (position, byte) in bitfield.enumerated() where byte != 0 {
            for bit in 0..<8 where byte >> (7 - bit) & 1 == 1 {
                let piece = position * 8 + bit
                guard piece < pieceCount else { return nil }
                words[piece / 64] |= 1 << (piece % 64)
                count += 1
            }
        }
        self = count == pieceCount ? .all : count == 0 ? .none : .some(words: words, count: count)
    }

    /// False where the piece was in the set already.
    @discardableResult
    package mutating func insert(_ piece: PieceIndex, pieceCount: Int) -> Bool {
        guard !contains(piece) else { return false }
        var words: [UInt64]
        var count: Int
        if case .some(let present, let presentCount) = self {
            (words, count) = (present, presentCount)
            self = .none
        } else {
            (words, count) = ([UInt64](repeating: 0, count: (pieceCount + 63) / 64), 0)
        }
        words[piece.value / 64] |= 1 << (piece.value % 64)
        count += 1
        self = count == pieceCount ? .all : .some(words: words, count: count)
        return true
    }

    /// As a bitfield message says it (BEP 3).
    func bitfield(_ geometry: Geometry) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (geometry.pieceCount + 7) / 8)
        for piece in geometry.pieces where contains(piece) { bytes[piece.value / 8] |= 0x80 >> (piece.value % 8) }
        return bytes
    }

    func subtracting(_ other: PieceSet, pieceCount: Int) -> PieceSet {
        guard case .some(let others, _) = other else { return other.isWhole ? .none : self }
        var words: [UInt64]
        switch self {
        case .none: return .none
        case .all:
            words = [UInt64](repeating: .max, count: others.count)
            if pieceCount % 64 != 0 { words[others.count - 1] = 1 << (pieceCount % 64) - 1 }
        case .some(let own, _): words = own
        }
        for place in words.indices { words[place] &= ~others[place] }
        let count = words.reduce(0) { $0 + $1.nonzeroBitCount }
        return count == 0 ? .none : .some(words: words, count: count)
    }

    /// Whether one piece at least is in this set and not in the other.
    func hasMore(than other: PieceSet) -> Bool {
        switch (self, other) {
        case (.none, _), (_, .all): false
        case (_, .none), (.all, .some): true
        case (.some(let words, _), .some(let others, _)): zip(words, others).contains { $0 & ~$1 != 0 }
        }
    }
}
