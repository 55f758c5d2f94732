import Content
import Library
import NodeControl
import Wire

extension Sharing.Draft {
    /// What faces are told of it.
    var publishing: Publishing {
        Publishing(
            file: .init(file.name.text, file.content, for: visibility, at: file.path), folder: folder,
            replaced: replaced)
    }
}

extension FolderContents {
    init(_ result: FolderHasher.Result) {
        self.init(
            fileCount: result.folder.info.files.count, skipped: result.skipped.map { SkippedEntry($0) },
            skippedCount: result.skippedCount, hidden: HiddenFiles(among: result.folder.info.files))
    }
}

extension HiddenFiles {
    fileprivate init?(among files: [FileTreeEntry]) {
        let hidden = files.filter { file in file.path.contains { $0.first == UInt8(ascii: ".") } }
        guard !hidden.isEmpty else { return nil }
        self.init(
            count: hidden.count,
            paths: hidden.prefix(Self.namedLimit).map { file in
                file.path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
            })
    }
}

extension SkippedEntry {
    fileprivate init(_ skipped: FolderListing.Skipped) {
        let reason: Reason =
            switch skipped.reason {
            case .symbolicLink: .symbolicLink
            case .special: .special
            case .badName: .badName
            case .unfinishedDownload: .unfinishedDownload
            case .emptyFolder: .emptyFolder
            case .ownState: .ownState
            case .serverState: .serverState
            case .identityKey: .identityKey
            case .unreadable: .unreadable
            }
        self.init(path: skipped.path, reason: reason)
    }
}
