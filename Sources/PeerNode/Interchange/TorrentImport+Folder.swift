import Content
import Library
import NodeControl

/// Folders that a torrent describes. What is published is the whole folder, so it must hold the torrent's files and no
/// others; padding, and links, are in no folder that we publish.
extension TorrentImport {
    func folder(
        at link: String, _ described: Described, _ progress: @escaping Report
    ) async throws(NodeFailure) -> Sharing.Draft {
        let path = (try? await session.parts.threads.files.run { _ in Folders.resolved(link) }) ?? link
        let files = described.torrent.info.files.filter { !$0.isNoFile }
        guard !files.isEmpty else {
            throw .torrentUnusable(path: described.path, fault: .malformed("it describes no file"))
        }
        // Names and sizes tell at once what is found otherwise after all has been read.
        try Self.compare(
            try await sizes(path, described), with: files.map { ($0.path, $0.content.size) }, path, described)
        let draft = try await session.sharing.read(path: path, progress: progress)
        guard case .folder(let hashed) = draft.hashed else { throw .changedWhileReading(path: path) }
        let found = Dictionary(uniqueKeysWithValues: hashed.info.files.map { ($0.path, $0.content) })
        guard found.count == files.count, files.allSatisfy({ found[$0.path] != nil }) else {
            throw .changedWhileReading(path: path)
        }
        let wrong = files.filter { found[$0.path] != $0.content }
        guard let first = wrong.first, let content = found[first.path], let layer = described.layer(of: first) else {
            return draft
        }
        let place = Self.place(first.path, in: path)
        let difference = try await difference(place, content, layer, Self.text(first.path), progress)
        throw described.differs(place, difference, others: wrong.count - 1)
    }

    /// What is in the folder, by its place in it.
    private func sizes(_ path: String, _ described: Described) async throws(NodeFailure) -> [[[UInt8]]: Int64] {
        let hasher = FolderHasher(session.parts.threads.hasher, ownState: session.sharing.ownState)
        do {
            let listing = try await hasher.list(path)
            return Dictionary(uniqueKeysWithValues: listing.files.map { ($0.path, $0.stamp.size) })
        } catch let failure as FileFailure where failure.path == path && failure.reason == .missing {
            throw .noSuchFolder(path: path)
        } catch let failure as FileFailure where failure.path == path && failure.reason == .notAFolder {
            throw described.differs(path, .isNoFolder)
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// Throws with the first in which they differ.
    private static func compare(
        _ found: [[[UInt8]]: Int64], with files: [(path: [[UInt8]], size: Int64)], _ folder: String,
        _ described: Described
    ) throws(NodeFailure) {
        var rest = found
        var differences: [(path: [[UInt8]], difference: ContentDifference)] = []
        for file in files {
            guard let size = rest.removeValue(forKey: file.path) else {
                differences.append((file.path, .missing))
                continue
            }
            if size != file.size { differences.append((file.path, .size(expected: file.size, found: size))) }
        }
        let undescribed = rest.keys.sorted { left, right in
            left.lexicographicallyPrecedes(right) { $0.lexicographicallyPrecedes($1) }
        }
        differences += undescribed.map { ($0, .notDescribed) }
        guard let first = differences.first else { return }
        throw described.differs(place(first.path, in: folder), first.difference, others: differences.count - 1)
    }

    private static func text(_ path: [[UInt8]]) -> String {
        path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private static func place(_ path: [[UInt8]], in folder: String) -> String { "\(folder)/\(text(path))" }
}
