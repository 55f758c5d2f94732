import Content

/// What a peer is still to be told of the pieces that are here.
///
/// What the peer has itself is kept from it for as long as it fetches from here: it asks nobody for that, and half of what
/// there is to say to a leecher is of this kind. It hears of it in the end, since whoever has all counts the copies of
/// others.
struct Telling {
    /// A peer that takes nothing while so many runs of pieces gather will be cut off: it will be told all at once.
    private static let runLimit = 1 << 16

    private var runs: [Range<Int>] = []
    /// Where the first of them stands.
    private var head = 0
    private var withheld = PieceSet.none

    var isTooMuch: Bool { runs.count - head > Self.runLimit }

    mutating func append(_ piece: PieceIndex) {
        if head < runs.count, let last = runs.last, last.upperBound == piece.value {
            runs[runs.count - 1] = last.lowerBound..<piece.value + 1
        } else {
            runs.append(piece.value..<piece.value + 1)
        }
    }

    /// What comes next, `room` pieces at most.
    ///
    /// - Parameter known: What is kept from the peer for now.
    mutating func take(upTo room: Int, keeping known: PieceSet, of geometry: Geometry) -> [UInt32] {
        var told: [UInt32] = []
        while told.count < room, head < runs.count {
            let run = runs[head]
            var end = run.lowerBound
            while end < run.upperBound, told.count < room {
                if let piece = geometry.piece(end), known.contains(piece) {
                    withheld.insert(piece, pieceCount: geometry.pieceCount)
                } else {
                    told.append(UInt32(truncatingIfNeeded: end))
                }
                end += 1
            }
            runs[head] = end..<run.upperBound
            if runs[head].isEmpty { head += 1 }
        }
        if head == runs.count { clear() }
        return told
    }

    /// The peer does not fetch from here any more: it may be told of all.
    mutating func release(of geometry: Geometry) {
        guard !withheld.isEmpty else { return }
        for piece in geometry.pieces where withheld.contains(piece) { append(piece) }
        withheld = .none
    }

    /// The peer has all: nothing is of use to it.
    mutating func clear() {
        runs.removeAll(keepingCapacity: true)
        head = 0
    }
}
