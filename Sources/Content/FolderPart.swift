/// What of a folder is fetched: all of it, an inner folder, or one file.
package struct FolderPart: Hashable, Sendable {
    package let layout: ContentLayout
    /// From the folder on; empty for all of it.
    package let path: [[UInt8]]
    /// Neighbours, not none.
    package let files: Range<Int>
    /// The path is a file's.
    package let isFile: Bool

    /// Nil where there is nothing at that path, or the layout is no folder's.
    package init?(of layout: ContentLayout, at path: [[UInt8]] = []) {
        files = layout.files(below: path)
        guard let first = files.first else { return nil }
        self.layout = layout
        self.path = path
        isFile = layout.path(of: first) == path
    }

    package var isWhole: Bool { files.count == layout.fileCount }
    package var pieces: some RandomAccessCollection<PieceIndex> & Sendable { layout.geometry.pieces(ofFiles: files) }
    /// In bytes.
    package var size: Int64 { files.reduce(0) { $0 + layout.content(of: $1).size } }

    /// Where a file lies in what is fetched: from the target on, or the target's own name where it is one file.
    package func place(of file: Int) -> [[UInt8]] {
        Array((layout.path(of: file) ?? []).dropFirst(isFile ? path.count - 1 : path.count))
    }

    /// Tells parts of folders apart that are fetched into the same place.
    package static func key(of folder: ContentID, at path: [[UInt8]]) -> Hash256 {
        path.isEmpty
            ? folder.key
            : Hash256(hashing: folder.key.bytes + path.joined(separator: [UInt8(ascii: "/")]))
    }

    package var key: Hash256 { Self.key(of: layout.id, at: path) }
}
