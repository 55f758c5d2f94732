import Library

/// Bytes of a file or folder that can be read from any place, as they lie on the disk.
protocol PositionedBytes: Sendable {
    /// Fills the buffer with the bytes from `offset` on, which must be there. Blocks.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure)
}

extension StampedFile: PositionedBytes {}
extension ServedFolder: PositionedBytes {}
extension PartialFile: PositionedBytes {}
extension PartialFolder: PositionedBytes {}

extension PositionedBytes {
    /// So many bytes. Blocks.
    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            filled = count
        }
    }
}
