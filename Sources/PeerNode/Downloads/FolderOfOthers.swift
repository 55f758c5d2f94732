import Content
import DirectoryClient
import Library
import NodeControl
import Wire

/// What stands in a folder that others share, with all that is below; where several share one of that name, in any of
/// them.
struct FolderOfOthers: Sendable {
    /// More is not taken at one word.
    static let mostFiles = 10_000
    private static let mostFolders = 10_000
    private static let pages = 2_048

    /// As it was asked for, such as `Music@hans/live`, without slashes that say nothing.
    let text: String
    /// The last component of it, without what chose it.
    let name: FileName
    /// By their paths below the folder, each with its bytes where these are known.
    let files: [[FileName]: Int64]

    /// Of all that are known.
    var size: Int64 { files.values.reduce(0, +) }

    init(_ asked: String, _ downloads: Downloads) async throws(NodeFailure) {
        let (top, path) = NameQuery.splitPath(asked)
        text = ([top] + path).joined(separator: "/")
        let (published, _) = try await downloads.findings(of: top)
        name = path.last.flatMap { try? FileName($0) } ?? published
        var found: [[FileName]: Int64] = [:]
        for folder in try await SharedNames(downloads: downloads).folders(top, path) {
            let isWhole: Bool
            do {
                isWhole = try await Self.walk(folder, &found, downloads.client)
            } catch {
                throw NodeFailure(error, user: downloads.user)
            }
            guard isWhole else { throw .sharedFolderTooLarge(name: text, limit: Self.mostFiles) }
        }
        files = found
    }

    /// - Returns: False where there is too much.
    private static func walk(
        _ top: Finding, _ files: inout [[FileName]: Int64], _ client: DirectoryClient
    ) async throws(DirectoryClientFailure) -> Bool {
        var open: [(id: PublicationID, path: [FileName])] = [(top.publication, [])]
        var folders = 0
        while let folder = open.popLast() {
            folders += 1
            let (listed, isComplete) = try await client.listings(of: top.owner, below: folder.id, pages: pages)
            guard isComplete, folders <= mostFolders else { return false }
            for item in listed where item.access != .locked {
                let path = folder.path + [item.name]
                switch item.kind {
                case .parent: if path.count < FileTreeEntry.maximumDepth { open.append((item.id, path)) }
                case .content(let content): files[path] = max(files[path] ?? 0, content.size)
                case .unhashed(let size): files[path] = max(files[path] ?? 0, size ?? 0)
                }
            }
            guard files.count <= mostFiles else { return false }
        }
        return true
    }
}
