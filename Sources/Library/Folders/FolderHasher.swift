internal import Content
internal import Synchronization

/// Hashes folders, several files at a time.
package struct FolderHasher: Sendable {
    /// As many threads of ``FileHasher`` as there may be.
    private static let workers = 2

    private let threads: IOThreads
    private let ownState: String?
    private let limits: FolderListing.Limits

    /// Shares the threads of a file hasher.
    ///
    /// - Parameter ownState: Where this program keeps its own things, which are in no folder that is published.
    package init(
        _ hasher: FileHasher, ownState: String? = nil, limits: FolderListing.Limits = FolderListing.Limits()
    ) {
        threads = hasher.threads
        self.ownState = ownState
        self.limits = limits
    }

    package struct Result: Sendable {
        package let folder: HashedFolder
        /// What is not among its files.
        package let skipped: [FolderListing.Skipped]
        package let skippedCount: Int
    }

    /// What is in the folder, which is no link to one, without reading a file. Throws ``FileFailure``, or
    /// `CancellationError`.
    package func list(_ path: String) async throws -> FolderListing {
        try await threads.run { [ownState, limits] flag in
            try FolderListing(
                of: Descriptor(folderItself: path), ownState: ownState.flatMap { FolderIdentity(path: $0) },
                limits: limits, flag: flag)
        }
    }

    /// What the folder is as a content of this network. Throws ``FileFailure``, with ``FileFailure/Reason/changed``
    /// where a file changed meanwhile, or `CancellationError`.
    ///
    /// - Parameters:
    ///   - known: What it was before: files whose stamps are the same are not read again.
    ///   - certificate: of the network, PEM.
    ///   - progress: told the bytes hashed and their total, on other threads.
    package func hash(
        _ path: String, known: HashedFolder? = nil, certificate: [UInt8],
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> Result {
        let listing = try await list(path)
        guard listing.size > 0 else { throw FileFailure(.noBytes, path: path) }
        if let known, known.isUnchanged(in: listing) {
            return Result(folder: known, skipped: listing.skipped, skippedCount: listing.skippedCount)
        }
        let pieceLength = Geometry.canonicalPieceLength(for: listing.size)
        var files = Self.reuse(known, for: listing, pieceLength)
        let missing = files.indices.filter { files[$0] == nil }
        for (file, hashed) in try await hash(missing, of: listing, in: path, pieceLength, progress) {
            files[file] = hashed
        }
        let hashed = files.compactMap(\.self)
        return try await threads.run { _ in
            let folder = try Self.folder(listing, hashed, pieceLength, certificate, path)
            return Result(folder: folder, skipped: listing.skipped, skippedCount: listing.skippedCount)
        }
    }

    /// What each file of a listing is.
    func contents(
        of listing: FolderListing, in path: String,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void
    ) async throws -> [ContentID] {
        let pieceLength = Geometry.canonicalPieceLength(for: listing.size)
        var contents = [ContentID](repeating: .empty, count: listing.files.count)
        for (file, hashed) in try await hash(Array(listing.files.indices), of: listing, in: path, pieceLength, progress)
        {
            contents[file] = hashed.layer.content
        }
        return contents
    }

    /// What is known of each file of a listing.
    private static func reuse(_ known: HashedFolder?, for listing: FolderListing, _ pieceLength: Int) -> [HashedFile?] {
        guard let known else { return Array(repeating: nil, count: listing.files.count) }
        // Both are in the order of the tree.
        var candidate = 0
        return listing.files.map { file in
            let files = known.info.files
            while candidate < files.count, Self.precedes(files[candidate].path, file.path) { candidate += 1 }
            guard candidate < files.count, files[candidate].path == file.path, known.stamps[candidate] == file.stamp
            else { return nil }
            let content = files[candidate].content
            if let layer = PieceLayer(ofSmall: content, pieceLength: pieceLength) {
                return HashedFile(stamp: file.stamp, layer: layer)
            }
            guard known.info.pieceLength == pieceLength, let layer = known.hashes.layer(ofFile: candidate) else {
                return nil
            }
            return HashedFile(stamp: file.stamp, layer: layer)
        }
    }

    private static func precedes(_ left: [[UInt8]], _ right: [[UInt8]]) -> Bool {
        left.lexicographicallyPrecedes(right) { $0.lexicographicallyPrecedes($1) }
    }

    private func hash(
        _ files: [Int], of listing: FolderListing, in path: String, _ pieceLength: Int,
        _ progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> [(Int, HashedFile)] {
        guard !files.isEmpty else { return [] }
        let folder = try await threads.run { _ in try OpenFolder(path) }
        let work = HashingWork(files, of: listing, progress: progress)
        return try await withThrowingTaskGroup(of: [(Int, HashedFile)].self) { group in
            for _ in 0..<Self.workers {
                group.addTask {
                    var hashed: [(Int, HashedFile)] = []
                    while let batch = work.next() {
                        hashed += try await threads.run { flag in
                            try Self.hash(batch, of: listing, in: folder, pieceLength, work, flag)
                        }
                    }
                    return hashed
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func hash(
        _ files: ArraySlice<Int>, of listing: FolderListing, in folder: OpenFolder, _ pieceLength: Int,
        _ work: HashingWork, _ flag: CancellationFlag
    ) throws -> [(Int, HashedFile)] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileHasher.bufferLength, alignment: 4_096)
        defer { buffer.deallocate() }
        return try files.map { number in
            let file = listing.files[number]
            var before: Int64 = 0
            let opened: Descriptor
            do throws(FileFailure) {
                opened = try folder.openForReading(file.path)
            } catch {
                // What went since it was listed is a change of the folder, not its end.
                guard error.isAbsence else { throw error }
                throw FileFailure(.changed, path: folder.root.path)
            }
            let hashed = try FileHasher.hash(
                opened, pieceLength: pieceLength, through: buffer, flag: flag
            ) { done, _ in
                work.advance(by: done - before)
                before = done
            }
            // The division of the whole follows from what was there at first.
            guard hashed.stamp.size == file.stamp.size else {
                throw FileFailure(.changed, path: folder.root.path)
            }
            return (number, hashed)
        }
    }

    private static func folder(
        _ listing: FolderListing, _ hashed: [HashedFile], _ pieceLength: Int, _ certificate: [UInt8], _ path: String
    ) throws -> HashedFolder {
        let entries = zip(listing.files, hashed).compactMap { file, hashed in
            FileTreeEntry(path: file.path, content: hashed.layer.content)
        }
        let info = try InfoDictionary.folder(entries, pieceLength: pieceLength, certificate: certificate)
        // What is too large is nothing that peers hand on.
        guard info.bytes.count <= HashedFolder.dictionaryLimit,
            let folder = HashedFolder(info: info, layers: hashed.map(\.layer), stamps: hashed.map(\.stamp))
        else { throw FileFailure(.tooManyFiles, path: path) }
        return folder
    }
}

/// What is left to hash, for several threads to take from, and how far they are.
private final class HashingWork: Sendable {
    /// So many files are given to a thread at once, as long as they are not larger than this together, in bytes.
    private static let batchCount = 64
    private static let batchSize: Int64 = 8 << 20

    private let listing: FolderListing
    private let progress: @Sendable (Int64, Int64) -> Void
    private let state: Mutex<(rest: ArraySlice<Int>, done: Int64)>

    init(_ files: [Int], of listing: FolderListing, progress: @escaping @Sendable (Int64, Int64) -> Void) {
        self.listing = listing
        self.progress = progress
        let done = listing.size - files.reduce(0) { $0 + listing.files[$1].stamp.size }
        state = Mutex((files[...], done))
    }

    func next() -> ArraySlice<Int>? {
        state.withLock { state in
            var size: Int64 = 0
            let batch = state.rest.prefix(Self.batchCount).prefix { number in
                defer { size += listing.files[number].stamp.size }
                return size == 0 || size + listing.files[number].stamp.size <= Self.batchSize
            }
            state.rest = state.rest.dropFirst(batch.count)
            return batch.isEmpty ? nil : batch
        }
    }

    func advance(by count: Int64) {
        let done = state.withLock { state in
            state.done += count
            return state.done
        }
        progress(done, listing.size)
    }
}
