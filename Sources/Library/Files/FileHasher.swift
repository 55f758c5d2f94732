package import Content
internal import Glibc

/// What a file was when it was hashed.
package struct HashedFile: Hashable, Sendable {
    package let stamp: FileStamp
    package let layer: PieceLayer

    package init(stamp: FileStamp, layer: PieceLayer) {
        self.stamp = stamp
        self.layer = layer
    }
}

/// Hashes files, on threads of its own.
package struct FileHasher: Sendable {
    static let bufferLength = 1 << 20
    /// File systems stamp changes with the time of the kernel's last tick, up to 10 ms ago. A change within
    /// the tick of the one before leaves the stamp as it is; so a file that changed less than this ago is
    /// waited for, in nanoseconds.
    private static let tick: Int64 = 20_000_000

    let threads: IOThreads
    private let isIdle: Bool

    /// Two files at a time: hashing is limited by the processor, or by a disk that likes to read on.
    ///
    /// - Parameter isIdle: Reads when nobody else does.
    package init(threads: IOThreads = IOThreads(limit: 2, label: "hashing"), isIdle: Bool = false) {
        self.threads = threads
        self.isIdle = isIdle
    }

    /// The layer of the file's content. Throws ``FileFailure``, with ``FileFailure/Reason/changed``
    /// where the file changed meanwhile, or `CancellationError`.
    ///
    /// - Parameters:
    ///   - pieceLength: the canonical one where nil; otherwise one that a ``Geometry`` may have.
    ///   - progress: told the bytes hashed and their total, after every MiB, on another thread.
    package func hash(
        _ path: String, pieceLength: Int? = nil,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> HashedFile {
        try await threads.run { flag in
            try IdleReading.during(isIdle) { try Self.hash(path, pieceLength, flag: flag, progress: progress) }
        }
    }

    private static func hash(
        _ path: String, _ pieceLength: Int?, flag: CancellationFlag, progress: (Int64, Int64) -> Void
    ) throws -> HashedFile {
        try flag.check()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferLength, alignment: 4_096)
        defer { buffer.deallocate() }
        return try hash(
            try Descriptor(reading: path), pieceLength: pieceLength, through: buffer, flag: flag, progress: progress)
    }

    /// - Parameters:
    ///   - buffer: Of at least a page; what is read passes through it.
    ///   - isOurs: Nobody else writes into the file, which so has settled whenever it changed.
    static func hash(
        _ file: Descriptor, pieceLength: Int?, through buffer: UnsafeMutableRawBufferPointer, flag: CancellationFlag,
        isOurs: Bool = false, progress: (Int64, Int64) -> Void
    ) throws -> HashedFile {
        let before = isOurs ? try file.stamp() : try settled(file)
        guard
            let geometry = Geometry(
                size: before.size, pieceLength: pieceLength ?? Geometry.canonicalPieceLength(for: before.size))
        else { throw FileFailure(.tooLarge, path: file.path) }
        if before.size > buffer.count { posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL) }

        var hasher = ContentHasher(geometry: geometry)
        do {
            while true {
                try flag.check()
                // One read more than the size needs: it says whether the file has grown.
                let count = try file.read(into: buffer, at: hasher.position)
                if count == 0 { break }
                try hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                progress(hasher.position, before.size)
            }
            let layer = try hasher.finish()
            guard try file.stamp() == before else { throw FileFailure(.changed, path: file.path) }
            return HashedFile(stamp: before, layer: layer)
        } catch is ContentHasherError {
            throw FileFailure(.changed, path: file.path)
        }
    }

    /// The stamp of a file that any further change will alter.
    private static func settled(_ file: Descriptor) throws -> FileStamp {
        var stamp = try file.stamp()
        for _ in 0..<10 {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let age = FileStamp.nanoseconds(now) &- stamp.changed
            // A stamp from the future is none that waiting helps.
            guard (0..<tick).contains(age) else { break }
            usleep(UInt32((tick - age) / 1_000))
            stamp = try file.stamp()
        }
        return stamp
    }
}
