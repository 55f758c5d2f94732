import Content

/// Of files of a folder, so many at each end are looked at: what holds for them holds for the others.
private let sampleCount = 8

/// A folder that can be fetched divides into its files without gaps, and each part of it holds what its path says, in
/// places that no file system can mistake.
func takeFolder(_ bytes: [UInt8]) {
    guard let info = try? InfoDictionary(decoding: bytes), let layout = ContentLayout(info) else { return }
    let geometry = layout.geometry
    precondition(layout.fileCount == info.files.count && layout.folder == info)
    precondition((1...ContentLayout.maximumPieceCount).contains(geometry.pieceCount))
    precondition(layout.id.kind == .folder && layout.id.size == geometry.size)
    precondition(geometry.parts(offset: 0, length: Int(min(geometry.size, 1 << 20))).allSatisfy { $0.length > 0 })
    for file in 0..<layout.fileCount where min(file, layout.fileCount - 1 - file) < sampleCount {
        let content = layout.content(of: file)
        precondition(content == .empty || layout.files(withRoot: content.root).contains(file))
        let pieces = geometry.pieces(ofFiles: file..<file + 1)
        precondition(pieces.isEmpty == (content == .empty))
        precondition(pieces.prefix(sampleCount).allSatisfy { geometry.file(of: $0) == file })
        takeParts(of: layout, around: file)
    }
    precondition(FolderPart(of: layout, at: [[]]) == nil)
}

private func takeParts(of layout: ContentLayout, around file: Int) {
    guard let path = layout.path(of: file) else { return }
    for depth in 0...path.count {
        guard let part = FolderPart(of: layout, at: Array(path.prefix(depth))) else {
            preconditionFailure("a path of the folder leads nowhere")
        }
        precondition(part.files.contains(file))
        precondition(part.isFile == (depth == path.count))
        precondition(part.pieces.prefix(sampleCount).allSatisfy { part.files.contains(layout.geometry.file(of: $0)) })
        precondition(depth > 0 || part.key == layout.id.key)
        let place = part.place(of: file)
        precondition(!place.isEmpty && place.allSatisfy(FileTreeEntry.isSafe) && path.suffix(place.count) == place[...])
    }
}
