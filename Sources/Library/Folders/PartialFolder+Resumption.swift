package import Content

/// What an earlier download left lay about since, where any program may have written into it. What a file lost is fetched
/// again, and nothing of the others.
extension PartialFolder {
    /// Looks whether a file still is what the record says, and forgets what it is not. A file that was whole is read; of
    /// one that was begun only what its end cuts off is known to be lost, until it is whole too and this is called again.
    /// Of a file that is wrong, pieces stay whose hashes are known and right. Where none stays, what stands in its place
    /// is removed, whatever that is. Blocks.
    ///
    /// - Parameters:
    ///   - number: Which file. Nobody writes into it meanwhile.
    ///   - recorded: Its pieces that the record says are here.
    ///   - hashes: What is known of them.
    /// - Returns: Those of its pieces that are lost, and its layer where it is whole and right.
    package func recheck(
        _ number: Int, _ recorded: [PieceIndex], hashes: PieceHashes, flag: CancellationFlag
    ) throws -> (lost: [PieceIndex], layer: PieceLayer?) {
        let (lost, layer, stamp) = try lost(number, recorded, hashes, flag)
        if let stamp { proved(number, as: stamp, layer) }
        guard !lost.isEmpty else { return ([], layer) }
        try record.remove(lost)
        // What is written next goes to what stands there now.
        close(number)
        if lost.count == recorded.count {
            try tree.clear(part.place(of: number))
        }
        return (lost, nil)
    }

    private func lost(
        _ number: Int, _ recorded: [PieceIndex], _ hashes: PieceHashes, _ flag: CancellationFlag
    ) throws -> (lost: [PieceIndex], layer: PieceLayer?, provenAs: FileStamp?) {
        let content = part.layout.content(of: number)
        guard let file = try opened(number, cutTo: content.size) else { return (recorded, nil, nil) }
        let stamp = try file.stamp()
        let pieces = geometry.pieces(ofFiles: number..<number + 1)
        let isWhole = recorded.count == pieces.count
        if isWhole, let layer = try file.layer(pieceLength: geometry.pieceLength, flag: flag), layer.content == content
        {
            return ([], layer, stamp)
        }
        let start = pieces.first.map(geometry.offset(of:)) ?? 0
        let end = try start + file.stamp().size
        let lost = try recorded.filter { piece in
            try flag.check()
            guard geometry.offset(of: piece) + Int64(geometry.length(of: piece)) <= end else { return true }
            return try isWhole && !isRight(piece, start, file, hashes)
        }
        // What is wrong as a whole and right in each piece is changing just now.
        return isWhole && lost.isEmpty ? (recorded, nil, nil) : (lost, nil, isWhole ? stamp : nil)
    }

    /// Nil where there is no regular file.
    private func opened(_ number: Int, cutTo size: Int64) throws(FileFailure) -> Descriptor? {
        let place = part.place(of: number)
        do throws(FileFailure) {
            let file = try tree.openForReading(place)
            if try file.stamp().size > size { try tree.openForWriting(place).resize(to: size) }
            return file
        } catch {
            guard error.isAbsence else { throw error }
            return nil
        }
    }

    private func isRight(
        _ piece: PieceIndex, _ start: Int64, _ file: Descriptor, _ hashes: PieceHashes
    ) throws(FileFailure) -> Bool {
        guard hashes[piece] != nil else { return false }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: geometry.length(of: piece), alignment: Geometry.blockLength)
        defer { buffer.deallocate() }
        guard try file.read(into: buffer, at: geometry.offset(of: piece) - start) == buffer.count else { return false }
        return hashes.matches(piece, geometry.blockHashes(of: piece, in: UnsafeRawBufferPointer(buffer)))
    }
}
