/// What a swarm serves: one content, which its canonical dictionary names, or a folder with its info dictionary.
/// Files are numbered in the order of their pieces.
package struct ContentLayout: Hashable, Sendable, CustomStringConvertible {
    private enum Body: Hashable, Sendable {
        case content(ContentID)
        case folder(InfoDictionary)
    }

    /// Folders of more pieces are not taken: 2 million, as many as fit the longest bitfield that peers send. What keeps
    /// something for each piece is bounded by that, whatever sizes a stranger's dictionary claims.
    package static let maximumPieceCount = 2 << 20

    /// What the directory knows it by.
    package let id: ContentID
    package let geometry: Geometry
    private let body: Body
    /// The files of a folder that have bytes, in the order of their roots.
    private let byRoot: [Int32]

    /// - Parameter geometry: that of the content.
    package init(_ content: ContentID, geometry: Geometry) {
        precondition(geometry.size == content.size && geometry.fileCount == 1, "the geometry is another content's")
        self.geometry = geometry
        id = content
        body = .content(content)
        byRoot = []
    }

    /// The layout of a folder. Nil where it has no bytes at all, more than ``maximumPieceCount`` pieces, or one root for
    /// files of different sizes, which no honest folder has.
    package init?(_ info: InfoDictionary) {
        let sizes = info.files.lazy.map(\.content.size)
        guard let geometry = Geometry(fileSizes: sizes, pieceLength: info.pieceLength),
            (1...Self.maximumPieceCount).contains(geometry.pieceCount),
            let id = ContentID(root: info.infoHash.hash, size: geometry.size, kind: .folder)
        else { return nil }
        self.geometry = geometry
        self.id = id
        body = .folder(info)
        byRoot = info.files.indices.filter { info.files[$0].content != .empty }
            .sorted { (info.files[$0].content, $0) < (info.files[$1].content, $1) }
            .map { Int32($0) }
        let contents = byRoot.lazy.map { info.files[Int($0)].content }
        guard zip(contents, contents.dropFirst()).allSatisfy({ $0.root != $1.root || $0 == $1 }) else { return nil }
    }

    /// The info dictionary of a folder; nil for a single content.
    package var folder: InfoDictionary? { if case .folder(let info) = body { info } else { nil } }

    package var fileCount: Int { geometry.fileCount }

    /// What a file is. The file must be one of ``fileCount``.
    package func content(of file: Int) -> ContentID {
        switch body {
        case .content(let content): content
        case .folder(let info): info.files[file].content
        }
    }

    /// Where a file lies in its folder; nil for a single content. The file must be one of ``fileCount``.
    package func path(of file: Int) -> [[UInt8]]? { folder?.files[file].path }

    /// For the log.
    package var description: String {
        switch body {
        case .content(let content): content.root.short
        case .folder(let info): info.infoHash.hash.short
        }
    }

    /// What the piece's file is.
    package func content(of piece: PieceIndex) -> ContentID { content(of: geometry.file(of: piece)) }

    /// The files of this root: several where they are the same, none where there is no such root.
    package func files(withRoot root: Hash256) -> [Int] {
        guard case .folder(let info) = body else {
            return content(of: 0).root == root && root != .zero ? [0] : []
        }
        func fileRoot(_ file: Int32) -> Hash256 { info.files[Int(file)].content.root }
        let first = byRoot.partitionPoint { fileRoot($0) < root }
        return byRoot[first...].prefix { fileRoot($0) == root }.map(Int.init)
    }

    /// The files at or below a path of the folder; empty where there are none, or the content is single. An empty path
    /// is the folder itself.
    package func files(below path: [[UInt8]]) -> Range<Int> {
        guard let files = folder?.files else { return 0..<0 }
        // Those below a path follow each other in the order of the tree.
        let first = files.firstIndex { $0.path.starts(with: path) } ?? 0
        return first..<(files[first...].firstIndex { !$0.path.starts(with: path) } ?? files.count)
    }
}
