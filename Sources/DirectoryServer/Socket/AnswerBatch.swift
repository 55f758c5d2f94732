import NIOCore

/// Datagrams that go out together, written into one buffer: which is the same each time, as long as the one before
/// has left.
struct AnswerBatch {
    /// Bytes after which it is sent, however much is still to be read.
    private static let limit = 64 << 10

    /// What is written here is a datagram with the next ``commit(to:)``.
    var buffer = ByteBufferAllocator().buffer(capacity: limit + 2_048)
    private var ends: [(end: Int, address: SocketAddress)] = []

    var isEmpty: Bool { ends.isEmpty }
    var isFull: Bool { buffer.writerIndex >= Self.limit }
    var count: Int { ends.count }

    mutating func commit(to address: SocketAddress) { ends.append((buffer.writerIndex, address)) }

    func forEach(_ body: (AddressedEnvelope<ByteBuffer>) -> Void) {
        var start = 0
        for (end, address) in ends {
            if let datagram = buffer.getSlice(at: start, length: end - start) {
                body(AddressedEnvelope(remoteAddress: address, data: datagram))
            }
            start = end
        }
    }

    mutating func clear() {
        ends.removeAll(keepingCapacity: true)
        buffer.clear()
    }
}
