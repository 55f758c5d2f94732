import Content
import Wire

/// Which file is read: what was published, or a file in a folder that was.
struct StreamedFile: Sendable {
    /// How it is called, by itself.
    let name: String
    /// What was published.
    let publication: ContentID
    /// Of the file alone.
    let content: ContentID
    /// Of what was published.
    let geometry: Geometry
    /// In bytes, in what was published.
    let start: Int64
    /// Of its pieces, in what was published.
    private let firstPiece: Int

    init(_ name: FileName, _ content: ContentID) {
        self.name = name.text
        publication = content
        self.content = content
        geometry = Geometry(canonicalFor: content)
        start = 0
        firstPiece = 0
    }

    /// Nil where the part is no file.
    init?(_ part: FolderPart) {
        guard part.isFile, let name = part.path.last else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        publication = part.layout.id
        content = part.layout.content(of: part.files.lowerBound)
        geometry = part.layout.geometry
        let first = part.pieces.first
        start = first.map { part.layout.geometry.offset(of: $0) } ?? 0
        firstPiece = first?.value ?? 0
    }

    var size: Int64 { content.size }

    /// Of the piece with this byte of the file.
    func piece(at offset: Int64) -> Int { firstPiece + Int(offset / Int64(geometry.pieceLength)) }

    /// The pieces that whoever reads at this byte comes to next.
    func head(at offset: Int64) -> Range<Int> {
        let ahead = max(Self.ahead, 2 * Int64(geometry.pieceLength))
        return piece(at: offset)..<piece(at: min(size - 1, offset + ahead)) + 1
    }

    /// In bytes: what is fetched first; two pieces where that is more.
    private static let ahead: Int64 = 8 << 20
}
