import Content

/// The hashes of the pieces, as far as they are proven against the root (BEP 52, hash requests).
///
/// A content of one piece has its root as the only one, and asks nobody.
struct LayerFetch {
    private let content: ContentID
    private let geometry: Geometry
    private var hashes: [Hash256?]
    private var unknownCount: Int

    /// - Parameter known: The layer, where it was fetched before.
    init(content: ContentID, geometry: Geometry, known: PieceLayer? = nil) {
        self.content = content
        self.geometry = geometry
        hashes = Array(repeating: nil, count: geometry.pieceCount)
        if geometry.pieceCount == 1 { hashes[0] = content.root }
        if let known, known.content == content, known.geometry == geometry { hashes = known.hashes }
        unknownCount = hashes.count { $0 == nil }
    }

    /// What to ask for at the start.
    var ranges: [HashRange] { isComplete ? [] : HashRange.pieceLayer(of: geometry) }

    var isComplete: Bool { unknownCount == 0 }

    subscript(piece: PieceIndex) -> Hash256? { hashes[piece.value] }

    /// Takes an answer; gives the pieces whose hashes it proves, nil where it is wrong.
    mutating func take(_ answer: [Hash256], for range: HashRange) -> [PieceIndex]? {
        guard let run = range.verify(answer, against: content.root) else { return nil }
        var pieces: [PieceIndex] = []
        for (offset, hash) in run.enumerated() {
            guard let piece = geometry.piece(range.index + offset), hashes[piece.value] == nil else { continue }
            hashes[piece.value] = hash
            unknownCount -= 1
            pieces.append(piece)
        }
        return pieces
    }

    /// The whole layer; nil until it is known.
    var layer: PieceLayer? {
        guard isComplete else { return nil }
        return try? PieceLayer(
            verifying: hashes.compactMap(\.self), of: content, pieceLength: geometry.pieceLength)
    }
}
