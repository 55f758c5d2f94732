import Content

/// The hashes of the pieces: what is known of them, and which runs of piece layers are still to be asked for
/// (BEP 52, hash requests).
///
/// A content of files of one piece has their roots, and asks nobody.
struct LayerFetch {
    /// A run of the piece layer of the file with this root.
    struct Run: Hashable {
        let root: Hash256
        let range: HashRange
    }

    private(set) var hashes: PieceHashes
    /// What nobody was asked for yet, last first.
    private var waiting: [Run]
    /// Runs that are not answered yet.
    private var missingRuns: Int

    /// - Parameters:
    ///   - known: What was fetched before.
    ///   - wanted: Whether a piece's hash is of use. Runs come with all their hashes nevertheless.
    init(_ layout: ContentLayout, known: PieceHashes? = nil, wanted: (PieceIndex) -> Bool) {
        var hashes = PieceHashes(layout)
        if let known, known.layout == layout { hashes = known }
        self.hashes = hashes
        waiting = []
        missingRuns = 0
        guard !hashes.isComplete else { return }
        // Files that are the same have the same runs.
        var runs: Set<Run> = []
        for file in 0..<layout.fileCount {
            let pieces = layout.geometry.pieces(ofFiles: file..<file + 1)
            guard pieces.count > 1 else { continue }
            for range in HashRange.pieceLayer(of: layout.geometry.geometry(ofFile: file)) {
                let told = pieces.dropFirst(range.index).prefix(range.length)
                guard told.contains(where: { hashes[$0] == nil && wanted($0) }) else { continue }
                let run = Run(root: layout.content(of: file).root, range: range)
                if runs.insert(run).inserted { waiting.append(run) }
            }
        }
        waiting.reverse()
        missingRuns = waiting.count
    }

    /// Whether all is known that is of use.
    var isComplete: Bool { missingRuns == 0 }

    subscript(piece: PieceIndex) -> Hash256? { hashes[piece] }

    /// Runs that tell of these pieces are asked for before others.
    mutating func prefer(_ pieces: [PieceIndex], in layout: ContentLayout) {
        guard !waiting.isEmpty else { return }
        for piece in pieces.reversed() where hashes[piece] == nil {
            let root = layout.content(of: piece).root
            let number = layout.geometry.pieceInFile(piece).value
            let position = waiting.firstIndex { run in
                run.root == root && (run.range.index..<run.range.index + run.range.length).contains(number)
            }
            if let position { waiting.append(waiting.remove(at: position)) }
        }
    }

    /// What to ask for next; nil where all was asked for.
    mutating func next() -> Run? { waiting.popLast() }

    /// Takes an answer; gives the pieces whose hashes it proves, nil where it is wrong.
    mutating func take(_ answer: [Hash256], for range: HashRange, of root: Hash256) -> [PieceIndex]? {
        guard let pieces = hashes.take(answer, for: range, of: root) else { return nil }
        missingRuns -= 1
        return pieces
    }
}
