import NIOCore

/// Buffers for what is read from a relayed connection: small for who says little, up to the budget of a direction for who
/// sends much, and of none is anything kept after it was written on.
///
/// NIO keeps the buffer of a channel's first read for good where the next size is not told in advance: that one is the smallest.
struct RelayReceiveBuffers: RecvByteBufferAllocator {
    /// Bytes: of the first read, a hello; and of the others.
    private static let first = 128
    private static let sizes = 2_048...RelayHandler.budget

    private var size = Self.first

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: size) }

    /// - Returns: True, as NIO would read into the kept buffer otherwise.
    mutating func record(actualReadBytes: Int) -> Bool {
        if actualReadBytes >= size {
            size = min(size * 4, Self.sizes.upperBound)
        } else if actualReadBytes < size / 4 {
            size /= 2
        }
        size = max(size, Self.sizes.lowerBound)
        return true
    }
}
