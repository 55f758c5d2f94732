import Content
import DirectoryClient
import Library
import NodeControl
import Wire

/// What stands in a folder that somebody shares, with all that is below.
struct FolderOfOthers: Sendable {
    /// More is not taken at one word.
    static let mostFiles = 10_000
    private static let mostFolders = 10_000
    /// Named where there are several.
    private static let mostOwners = 20
    private static let pages = 2_048

    /// As one asks for it and no other: `Music@hans/live`.
    let text: String
    /// As it is published, without what chose it: `Music/live`.
    let shown: String
    /// The last component of that.
    let name: FileName
    /// The folder that is published, in which it is, or that it is.
    let top: FileName
    /// By their paths below the folder, each with its bytes as its owner says; 0 where he does not.
    let files: [[FileName]: Int64]
    /// Of all of them.
    let size: Int64
    /// By their paths below the folder: itself, and all that are in it.
    let folders: Set<[FileName]>
    /// Whose it is.
    let owner: String

    init(_ asked: String, _ downloads: Downloads) async throws(NodeFailure) {
        let (top, path) = NameQuery.splitPath(asked)
        let wanted = ([top] + path).joined(separator: "/")
        let (published, found) = try await SharedNames(downloads: downloads).folders(top, path)
        // Whoever had it may have left a moment ago.
        guard let first = found.first else { throw .notFound(name: wanted, absent: []) }
        // What strangers have under the same name is nobody's wish.
        guard found.count == 1 else {
            let owners = Set(found.map(\.owner)).sorted().prefix(Self.mostOwners)
            throw .severalFolders(name: wanted, owners: owners.map(\.text))
        }
        text = (["\(published)@\(first.owner)"] + path).joined(separator: "/")
        shown = ([published.text] + path).joined(separator: "/")
        name = path.last.flatMap { try? FileName($0) } ?? published
        owner = first.owner.text
        self.top = published
        let contents: (files: [[FileName]: Int64], folders: Set<[FileName]>)?
        do {
            contents = try await Self.walk(first, downloads.client)
        } catch {
            throw NodeFailure(error, user: downloads.user)
        }
        guard let contents else { throw .sharedFolderTooLarge(name: shown, limit: Self.mostFiles) }
        (files, folders) = contents
        size = files.values.saturatingSum
    }

    /// Nil where there is too much.
    private static func walk(
        _ top: Finding, _ client: DirectoryClient
    ) async throws(DirectoryClientFailure) -> (files: [[FileName]: Int64], folders: Set<[FileName]>)? {
        var files: [[FileName]: Int64] = [:]
        var folders: Set<[FileName]> = []
        var open: [(id: PublicationID, path: [FileName])] = [(top.publication, [])]
        while let folder = open.popLast() {
            folders.insert(folder.path)
            let (listed, isComplete, _) = try await client.listings(of: top.owner, below: folder.id, pages: pages)
            guard isComplete, folders.count <= mostFolders else { return nil }
            for item in listed where item.access != .locked {
                let path = folder.path + [item.name]
                switch item.kind {
                case .parent: if path.count < FileTreeEntry.maximumDepth { open.append((item.id, path)) }
                case .content(let content): files[path] = content.size
                case .unhashed(let size): files[path] = size ?? 0
                }
            }
            guard files.count <= mostFiles else { return nil }
        }
        return (files, folders)
    }
}
