import Content

/// Pieces that nobody was asked for yet, the rarest first.
///
/// Only links that have some of the pieces are counted: one that has all changes no order. The pieces stand in
/// one array, in buckets by how many links have them; a piece that one more link gets is swapped to the end of
/// its bucket, and the border moves over it. Each change is one swap. Buckets are drawn from their ends, where taking
/// a piece leaves the others in their order.
struct RarityOrder {
    /// Neighbouring pieces that start in their natural order: writes and reads that follow each other are
    /// cheaper, and 4 MiB at a time still spreads a swarm.
    private static let runLength = 4 << 20

    private var order: [PieceIndex]
    /// By piece, where it stands; -1 for one that was taken.
    private var positions: [Int32]
    /// By piece, how many links have it, of those that do not have all.
    private var counts: [Int32]
    /// Bucket n ends where `ends[n]` says, and begins where the one before ends.
    private var ends: [Int]

    /// Takes all pieces, in runs of random order.
    init(geometry: Geometry, using random: inout some RandomNumberGenerator) {
        let averageLength = geometry.size / Int64(max(1, geometry.pieceCount))
        let run = max(1, Int(Int64(Self.runLength) / max(1, averageLength)))
        let starts = stride(from: 0, to: geometry.pieceCount, by: run).shuffled(using: &random)
        order = starts.flatMap { start in
            (start..<min(start + run, geometry.pieceCount)).compactMap { geometry.piece($0) }
        }
        order.reverse()
        positions = Array(repeating: -1, count: geometry.pieceCount)
        for (position, piece) in order.enumerated() { positions[piece.value] = Int32(position) }
        counts = Array(repeating: 0, count: geometry.pieceCount)
        ends = [order.count]
    }

    var isEmpty: Bool { order.isEmpty }

    /// The rarest piece that passes, of those that a link has. Its pieces are counted here, unless it has all.
    func first(of pieces: PieceSet, where passes: (PieceIndex) -> Bool) -> PieceIndex? {
        if pieces.isEmpty { return nil }
        // Pieces that no counted link has are many where a lone holder reveals few at a time.
        let first = pieces.isWhole ? 0 : 1
        var start = first == 0 ? 0 : ends[0]
        for end in ends[first...] {
            if let piece = order[start..<end].last(where: { pieces.contains($0) && passes($0) }) { return piece }
            start = end
        }
        return nil
    }

    mutating func remove(_ piece: PieceIndex) {
        guard positions[piece.value] >= 0 else { return }
        // The hole wanders to the end of each bucket in turn, and out of the last.
        for bucket in Int(counts[piece.value])..<ends.count {
            swap(Int(positions[piece.value]), ends[bucket] - 1)
            ends[bucket] -= 1
        }
        order.removeLast()
        positions[piece.value] = -1
    }

    mutating func gained(_ piece: PieceIndex) {
        let bucket = Int(counts[piece.value])
        counts[piece.value] += 1
        guard positions[piece.value] >= 0 else { return }
        if bucket + 1 == ends.count { ends.append(order.count) }
        swap(Int(positions[piece.value]), ends[bucket] - 1)
        ends[bucket] -= 1
    }

    mutating func lost(_ piece: PieceIndex) {
        let bucket = Int(counts[piece.value])
        guard bucket > 0 else { return }
        counts[piece.value] -= 1
        guard positions[piece.value] >= 0 else { return }
        swap(Int(positions[piece.value]), ends[bucket - 1])
        ends[bucket - 1] += 1
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        guard left != right else { return }
        order.swapAt(left, right)
        positions[order[left].value] = Int32(left)
        positions[order[right].value] = Int32(right)
    }
}
