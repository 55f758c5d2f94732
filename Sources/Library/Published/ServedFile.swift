package import Content

/// A published file, open for being served: gives bytes only while it is the file that was hashed.
package final class ServedFile: Sendable {
    package let layer: PieceLayer
    private let file: StampedFile

    package var path: String { file.path }
    package var stamp: FileStamp { file.stamp }

    /// Opens the file; throws ``FileFailure/Reason/changed`` where it is not the one of the stamp. Blocks.
    ///
    /// - Parameter pathCheckInterval: how often reading makes sure that the path still leads to this file.
    package init(
        path: String, stamp: FileStamp, layer: PieceLayer, pathCheckInterval: Duration = .milliseconds(250)
    ) throws(FileFailure) {
        file = try StampedFile(path: path, stamp: stamp, pathCheckInterval: pathCheckInterval)
        self.layer = layer
    }

    /// As ``StampedFile/read(into:at:)``.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) {
        try file.read(into: buffer, at: offset)
    }

    /// The hashes of the blocks of a piece, first to last: what requests for the layer of blocks need.
    /// Takes as long as hashing the piece. Blocks.
    package func blockHashes(of piece: PieceIndex) throws(FileFailure) -> [Hash256] {
        let geometry = layer.geometry
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: geometry.length(of: piece), alignment: Geometry.blockLength)
        defer { buffer.deallocate() }
        try read(into: buffer, at: geometry.offset(of: piece))
        return geometry.blockHashes(of: piece, in: UnsafeRawBufferPointer(buffer))
    }

    /// As ``StampedFile/check()``.
    package func check() throws(FileFailure) { try file.check() }
}
