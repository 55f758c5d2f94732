import NIOCore

extension [ByteBuffer] {
    /// Calls `body` with the bytes of each, where they lie.
    package func withBytes<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        // The buffers hold the bytes, and are held meanwhile.
        let bytes = map { $0.withUnsafeReadableBytesWithStorageManagement { bytes, _ in bytes } }
        return try withExtendedLifetime(self) { try body(bytes) }
    }
}
