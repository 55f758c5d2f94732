package import Content
internal import Synchronization

/// A published or fetched folder, open for being served: gives bytes only while the files are those that were hashed,
/// and the path leads to this very folder.
///
/// Small files are opened for each read; of large ones some are kept open.
package final class ServedFolder: Sendable {
    /// In bytes: from here on a file is kept open.
    private static let large: Int64 = 1 << 20
    private static let keptCount = 16

    private struct Kept {
        let file: Descriptor
        /// When the path led to it last.
        var checked: ContinuousClock.Instant
    }

    package let path: String
    package let hashed: HashedFolder
    private let folder: OpenFolder
    private let identity: FolderIdentity
    /// By number.
    private let kept = Mutex<[Int: Kept]>([:])
    private let pathCheckInterval: Duration
    private let pathCheck: NowAndThen

    /// Opens the folder; throws ``FileFailure`` where there is none. Blocks.
    ///
    /// - Parameter pathCheckInterval: how often reading makes sure that paths still lead to the folder and its files.
    package init(
        path: String, hashed: HashedFolder, pathCheckInterval: Duration = .milliseconds(250)
    ) throws(FileFailure) {
        let folder = try OpenFolder(path, keepFor: pathCheckInterval)
        self.folder = folder
        identity = FolderIdentity(try folder.root.status())
        self.path = path
        self.hashed = hashed
        self.pathCheckInterval = pathCheckInterval
        pathCheck = NowAndThen(every: pathCheckInterval)
    }

    /// Fills the buffer with the bytes from `offset` on, which must lie within the content. Throws
    /// ``FileFailure/Reason/changed`` or another where a file is not what was hashed, or the folder not under its path
    /// any more, whatever the buffer holds then. Blocks.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) {
        if pathCheck.isDue() { try checkPath() }
        var rest = buffer
        for part in hashed.layout.geometry.parts(offset: offset, length: buffer.count) {
            try read(into: UnsafeMutableRawBufferPointer(rebasing: rest[..<part.length]), part)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[part.length...])
        }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer, _ part: FilePart) throws(FileFailure) {
        let file = try open(part.file)
        let count = try file.read(into: buffer, at: part.offset)
        // After reading: a change that came before it has left its mark on the stamp by now.
        guard try file.stamp() == hashed.stamps[part.file], count == buffer.count else {
            throw FileFailure(.changed, path: file.path)
        }
    }

    /// The hashes of the blocks of a piece, first to last: what requests for the layer of blocks need.
    /// Takes as long as hashing the piece. Blocks.
    package func blockHashes(of piece: PieceIndex) throws(FileFailure) -> [Hash256] {
        let geometry = hashed.layout.geometry
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: geometry.length(of: piece), alignment: Geometry.blockLength)
        defer { buffer.deallocate() }
        try read(into: buffer, at: geometry.offset(of: piece))
        return geometry.blockHashes(of: piece, in: UnsafeRawBufferPointer(buffer))
    }

    /// Throws where a file is not what was hashed, or not under its path any more. Takes a moment for each file. Blocks.
    package func check() throws(FileFailure) {
        try checkPath()
        for (file, stamp) in zip(hashed.info.files, hashed.stamps) {
            guard try folder.stamp(of: file.path) == stamp else { throw FileFailure(.changed, path: path) }
        }
    }

    private func checkPath() throws(FileFailure) {
        guard try FolderIdentity(itself: path) == identity else { throw FileFailure(.changed, path: path) }
    }

    private func open(_ number: Int) throws(FileFailure) -> Descriptor {
        let entry = hashed.info.files[number]
        guard entry.content.size >= Self.large else { return try folder.openForReading(entry.path) }
        let now = ContinuousClock.now
        if let known = kept.withLock({ $0[number] }) {
            guard known.checked.duration(to: now) >= pathCheckInterval else { return known.file }
            if try folder.stamp(of: entry.path) != hashed.stamps[number] {
                throw FileFailure(.changed, path: known.file.path)
            }
            kept.withLock { $0[number]?.checked = now }
            return known.file
        }
        let file = try folder.openForReading(entry.path)
        kept.withLock { kept in
            if kept.count >= Self.keptCount, let oldest = kept.min(by: { $0.value.checked < $1.value.checked })?.key {
                kept[oldest] = nil
            }
            kept[number] = Kept(file: file, checked: now)
        }
        return file
    }
}
