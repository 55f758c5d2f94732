import NIOCore

/// Datagrams that go out together, written into one buffer: which is the same each time, as long as the one before
/// has left.
struct AnswerBatch {
    /// Bytes after which it is sent, however much is still to be read.
    private static let limit = 64 << 10

    /// What is written here is a datagram with the next ``commit(to:)``.
    var buffer = ByteBufferAllocator().buffer(capacity: limit + 2_048)
    private var places: [(bytes: Range<Int>, address: SocketAddress)] = []

    var isEmpty: Bool { places.isEmpty }
    var isFull: Bool { buffer.writerIndex >= Self.limit }
    var count: Int { places.count }

    mutating func commit(to address: SocketAddress) {
        places.append(((places.last?.bytes.upperBound ?? 0)..<buffer.writerIndex, address))
    }

    /// Takes out what was written since the last one: it goes another way.
    mutating func take(for stream: StreamNumber) -> StreamAnswer? {
        let start = places.last?.bytes.upperBound ?? 0
        let answer = buffer.viewBytes(at: start, length: buffer.writerIndex - start).map {
            StreamAnswer($0, on: stream)
        }
        buffer.moveWriterIndex(to: start)
        return answer
    }

    subscript(index: Int) -> AddressedEnvelope<ByteBuffer> {
        let (bytes, address) = places[index]
        let datagram = buffer.getSlice(at: bytes.lowerBound, length: bytes.count) ?? ByteBuffer()
        return AddressedEnvelope(remoteAddress: address, data: datagram)
    }

    mutating func clear() {
        places.removeAll(keepingCapacity: true)
        buffer.clear()
    }
}
