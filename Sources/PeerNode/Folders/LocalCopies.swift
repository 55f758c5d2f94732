import Content
import Library
import NodeControl
import Wire

/// What lies on the local disk already, published or fetched, under whatever name: it is copied, not fetched.
struct LocalCopies: Sendable {
    private struct Original: Sendable {
        let path: String
        let stamp: FileStamp
        /// By which it is here.
        let origin: PublicationID?
    }

    let record: PublishedFiles
    let holdings: Holdings
    let folders: FolderHoldings
    let inner: InnerFiles
    let restrictions: Restrictions

    /// So many files are copied before others have their turn on the thread.
    private static let batch = 64

    /// Whether it may become a part of something else, which goes to others than it does. What is not published by a number
    /// yet may not.
    private func isFree(_ original: Original) -> Bool {
        original.origin.map { !restrictions.isRestricted($0) } ?? false
    }

    /// Copies a single file, and records it.
    ///
    /// - Parameter origin: By which it will be held: what is not for everybody is copied to what is not either.
    /// - Returns: Its layer; nil where it is not here now.
    func fill(
        _ partial: PartialFile, for origin: PublicationID, _ threads: NodeThreads, progress: @escaping Downloads.Report
    ) async throws -> PieceLayer? {
        let content = partial.content
        // Of which a part is here goes on being fetched: a copy would begin with nothing.
        guard partial.resumed.isEmpty, content != .empty else { return nil }
        let isRestricted = restrictions.isRestricted(origin)
        for original in try await find(content) where isRestricted || isFree(original) {
            let pace = ProgressPace()
            let name = original.path.pathParts.last ?? original.path
            let layer = try await threads.files.run { flag in
                try partial.copy(from: original.path, stamp: original.stamp, flag: flag) { done, total in
                    if let reading = NodeProgress(reading: name, done, total, pace) { progress(reading) }
                }
            }
            if let layer { return layer }
        }
        return nil
    }

    /// Copies what there is into the partial folder, and records what proves right.
    ///
    /// - Returns: The files that came so, with their layers.
    func fill(
        _ partial: PartialFolder, but verified: Set<PieceIndex>, _ threads: NodeThreads
    ) async throws -> [(file: Int, layer: PieceLayer)] {
        let part = partial.part
        let geometry = part.layout.geometry
        let missing = part.files.filter { file in
            let pieces = geometry.pieces(ofFiles: file..<file + 1)
            // Of which a part is here goes on being fetched: a copy would begin with nothing.
            return !pieces.isEmpty && !pieces.contains(where: verified.contains)
        }
        let originals = try await find(Set(missing.map(part.layout.content(of:))))
        let jobs = missing.compactMap { file in originals[part.layout.content(of: file)].map { (file, $0) } }
        var copied: [(file: Int, layer: PieceLayer)] = []
        for start in stride(from: 0, to: jobs.count, by: Self.batch) {
            let batch = Array(jobs[start..<min(start + Self.batch, jobs.count)])
            copied += try await threads.files.run { flag in try Self.copy(batch, into: partial, flag) }
        }
        return copied
    }

    private static func copy(
        _ jobs: [(file: Int, original: Original)], into partial: PartialFolder, _ flag: CancellationFlag
    ) throws -> [(file: Int, layer: PieceLayer)] {
        let geometry = partial.part.layout.geometry
        var copied: [(file: Int, layer: PieceLayer)] = []
        for (file, original) in jobs {
            do {
                if let layer = try partial.copy(file, from: original.path, stamp: original.stamp, flag: flag) {
                    copied.append((file, layer))
                }
            } catch let failure as FileFailure where failure.path == original.path {
                // It is fetched, as if it were not here.
                continue
            }
        }
        try partial.recordVerified(copied.flatMap { geometry.pieces(ofFiles: $0.file..<$0.file + 1) })
        return copied
    }

    /// Whether all of it was here when it was last looked at.
    func has(_ content: ContentID, for origin: PublicationID) async throws -> Bool {
        let isRestricted = restrictions.isRestricted(origin)
        if try await find(content).contains(where: { isRestricted || isFree($0) }) { return true }
        return content.kind == .folder && !folders.whole(of: content).isEmpty
    }

    /// Where it lies as far as is known; what is out of date there the others make good.
    private func find(_ content: ContentID) async throws -> [Original] {
        let published = try await record.files(holding: content).map {
            Original(path: $0.path, stamp: $0.stamp, origin: $0.publication)
        }
        return (held(content).map { [$0] } ?? []) + published
            + inner.files(of: content).map { Original(path: $0.path, stamp: $0.stamp, origin: $0.origin) }
    }

    private func held(_ content: ContentID) -> Original? {
        holdings.heldFile(of: content).map { Original(path: $0.file.path, stamp: $0.file.stamp, origin: $0.origin) }
    }

    /// Of many, in all folders: each is looked through once.
    private func find(_ wanted: Set<ContentID>) async throws -> [ContentID: Original] {
        var found: [ContentID: Original] = [:]
        for content in wanted {
            if let held = held(content), isFree(held) { found[content] = held }
        }
        for file in try await record.all() {
            switch file.content.kind {
            case .file where wanted.contains(file.content):
                let original = Original(path: file.path, stamp: file.stamp, origin: file.publication)
                if isFree(original) { found[file.content] = original }
            case .file: break
            case .folder:
                guard let folder = try await record.folder(named: file.name) else { break }
                note(folder, at: file.path, file.publication, wanted, in: &found)
            }
        }
        for place in folders.whole() {
            guard let folder = await folders.folder(at: place) else { continue }
            note(folder, at: place.path, folders.origin(of: place), wanted, in: &found)
        }
        return found
    }

    private func note(
        _ folder: HashedFolder, at path: String, _ origin: PublicationID?, _ wanted: Set<ContentID>,
        in found: inout [ContentID: Original]
    ) {
        guard origin.map({ !restrictions.isRestricted($0) }) == true else { return }
        for (file, stamp) in zip(folder.info.files, folder.stamps)
        where wanted.contains(file.content) && found[file.content] == nil {
            found[file.content] = Original(path: Folders.path(file.path, below: path), stamp: stamp, origin: origin)
        }
    }
}
