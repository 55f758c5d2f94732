import Content
import Wire

/// One try at putting an info dictionary together, and who gave which piece.
struct MetadataAttempt {
    let size: Int
    /// The link that gives all of it; nil where all may that claim the size.
    let only: LinkID?
    let begun: Duration
    private var pieces: [(bytes: [UInt8], sender: LinkID)?]
    private var takenCount = 0
    /// Pieces that nobody is asked for, last first.
    private var missing: [Int]

    /// The size is one of at most ``MetadataMessage/maximumSize`` bytes, at least 1.
    init(size: Int, only: LinkID? = nil, at now: Duration) {
        self.size = size
        self.only = only
        begun = now
        let count = MetadataMessage.pieceCount(of: size)
        pieces = Array(repeating: nil, count: count)
        missing = Array((0..<count).reversed())
    }

    var isComplete: Bool { takenCount == pieces.count }
    var bytes: [UInt8] { pieces.flatMap { $0?.bytes ?? [] } }

    /// Nil where there is no such piece.
    func length(of piece: Int) -> Int? {
        guard pieces.indices.contains(piece) else { return nil }
        return min(MetadataMessage.pieceLength, size - piece * MetadataMessage.pieceLength)
    }

    /// A piece to ask for.
    mutating func nextMissing() -> Int? { missing.popLast() }

    /// The piece is asked for no more.
    mutating func giveBack(_ piece: Int) { missing.append(piece) }

    /// Takes a piece that was asked for.
    mutating func take(_ piece: Int, _ bytes: [UInt8], from link: LinkID) {
        takenCount += 1
        pieces[piece] = (bytes, link)
    }

    /// The one who gave all of it; nil where there are several.
    var soleSender: LinkID? {
        guard let first = pieces[0]?.sender, pieces.allSatisfy({ $0?.sender == first }) else { return nil }
        return first
    }

    /// Who gave what.
    var testimony: MetadataTestimony {
        MetadataTestimony(
            size: size,
            pieces: pieces.compactMap { piece in piece.map { (Hash256(hashing: $0.bytes), $0.sender) } })
    }
}

/// What is kept of an attempt that came out wrong, until it is known who spoiled it.
struct MetadataTestimony {
    let size: Int
    /// All of them.
    let pieces: [(hash: Hash256, sender: LinkID)]

    /// Who gave pieces that are not those of the dictionary.
    func liars(against dictionary: [UInt8]) -> Set<LinkID> {
        guard size == dictionary.count else { return Set(pieces.map(\.sender)) }
        var liars: Set<LinkID> = []
        for (number, piece) in pieces.enumerated() {
            let start = number * MetadataMessage.pieceLength
            let real = dictionary[start..<min(start + MetadataMessage.pieceLength, size)]
            if Hash256(hashing: real) != piece.hash { liars.insert(piece.sender) }
        }
        return liars
    }
}
