/// Bytes of one file among several.
package struct FilePart: Hashable, Sendable {
    /// Which file, in the order of the content's.
    package let file: Int
    /// In bytes, from the start of the file.
    package let offset: Int64
    /// In bytes, at least 1.
    package let length: Int

    package init(file: Int, offset: Int64, length: Int) {
        self.file = file
        self.offset = offset
        self.length = length
    }
}

/// Where a run of a content's bytes lies, file by file: what a store makes of an offset. Files of 0 bytes are passed
/// over.
package struct FileParts: Sequence, IteratorProtocol, Sendable {
    private let geometry: Geometry
    private var file: Int
    private var offset: Int64
    private var length: Int

    init(geometry: Geometry, file: Int, offset: Int64, length: Int) {
        self.geometry = geometry
        self.file = file
        self.offset = offset
        self.length = length
    }

    package mutating func next() -> FilePart? {
        while length > 0 {
            let span = geometry.span(ofFile: file)
            defer { file += 1 }
            guard offset < span.end.offset else { continue }
            let part = FilePart(
                file: file, offset: offset - span.start.offset,
                length: Int(Swift.min(Int64(length), span.end.offset - offset)))
            offset += Int64(part.length)
            length -= part.length
            return part
        }
        return nil
    }
}

/// Where one file ends and the next begins.
struct FileBoundary: Hashable, Sendable {
    /// In bytes before it.
    var offset: Int64 = 0
    /// Blocks before it.
    var block = 0
    /// Pieces before it.
    var piece = 0

    /// The boundary after a further file.
    func after(_ size: Int64, pieceLength: Int) -> FileBoundary {
        FileBoundary(
            offset: offset + size,
            block: block + Int((size + Int64(Geometry.blockLength) - 1) / Int64(Geometry.blockLength)),
            piece: piece + Int((size + Int64(pieceLength) - 1) / Int64(pieceLength)))
    }
}

/// A file from its beginning to its end.
struct FileSpan {
    let start: FileBoundary
    let end: FileBoundary

    /// In bytes.
    var size: Int64 { end.offset - start.offset }
    var blockCount: Int { end.block - start.block }
    var pieceCount: Int { end.piece - start.piece }
}
