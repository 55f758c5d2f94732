import NIOCore
import Wire

/// Datagrams that go out together, written into one buffer: which is the same each time, as long as the one before
/// has left.
struct AnswerBatch {
    /// Bytes after which it is sent, however much is still to be read.
    private static let limit = 64 << 10

    private var buffer = ByteBufferAllocator().buffer(capacity: limit + 2_048)
    private var ends: [(end: Int, address: SocketAddress)] = []

    var isEmpty: Bool { ends.isEmpty }
    var isFull: Bool { buffer.writerIndex >= Self.limit }
    var count: Int { ends.count }

    /// - Parameter body: Writes a datagram, or nothing, and then says false.
    mutating func put(
        to address: SocketAddress, _ body: (inout ByteBuffer) throws(SealedSessionError) -> Bool
    ) throws(SealedSessionError) {
        let start = buffer.writerIndex
        do {
            if try body(&buffer) { ends.append((buffer.writerIndex, address)) }
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }

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
