internal import Content

/// Taking what lies on this computer already, in place of fetching it.
extension Descriptor {
    /// Puts the bytes of another file into this one, and looks whether they are what they are to be. Nil where they are
    /// not; then this file is empty. Shares the bytes where the file system can.
    ///
    /// - Parameters:
    ///   - source: A file that had this stamp and content when it was hashed.
    ///   - progress: Told the bytes looked at, and their total.
    func takeCopy(
        of source: String, stamp: FileStamp, content: ContentID, pieceLength: Int, flag: CancellationFlag,
        progress: (Int64, Int64) -> Void = { _, _ in }
    ) throws -> PieceLayer? {
        let original = try Descriptor(reading: source)
        guard try original.stamp() == stamp else { return nil }
        try resize(to: 0)
        do {
            try original.copyAll(to: self, size: stamp.size, flag: flag)
            let layer = try layer(pieceLength: pieceLength, flag: flag, progress: progress)
            if let layer, layer.content == content { return layer }
        } catch {
            // A full disk is not kept full by what is of no use.
            try? resize(to: 0)
            throw error
        }
        try resize(to: 0)
        return nil
    }

    /// Of a file that this program alone writes into. Nil where its size is another than that of any file.
    func layer(
        pieceLength: Int, flag: CancellationFlag, progress: (Int64, Int64) -> Void = { _, _ in }
    ) throws -> PieceLayer? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileHasher.bufferLength, alignment: 4_096)
        defer { buffer.deallocate() }
        do {
            return try FileHasher.hash(
                self, pieceLength: pieceLength, through: buffer, flag: flag, isOurs: true, progress: progress
            ).layer
        } catch let failure as FileFailure where failure.reason == .changed || failure.reason == .tooLarge {
            return nil
        }
    }
}
