import NIOCore
import Wire

/// Messages as bytes for TLS: joined, because each buffer becomes records of its own, and a message's header
/// alone in a record would cost as much as 16 KiB.
enum MessageBatches {
    /// In bytes, and one message more.
    private static let target = 256 << 10

    static func encode(_ messages: [PeerMessage], allocator: ByteBufferAllocator) -> [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        var rest = messages[...]
        while !rest.isEmpty {
            var bytes = 0
            let batch = rest.prefix { message in
                defer { bytes += message.encodedLength }
                return bytes < target
            }
            var buffer = allocator.buffer(capacity: bytes)
            buffer.writePeerMessages(batch)
            buffers.append(buffer)
            rest = rest.dropFirst(batch.count)
        }
        return buffers
    }
}
