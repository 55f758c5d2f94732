package import NIOCore

/// How a client's datagrams come to the server and back.
package enum Transport: String, Hashable, Sendable {
    case udp = "UDP"
    /// Where UDP does not pass, see ``StreamFrame``.
    case tcp = "TCP"
}

/// How the protocol's datagrams go over a stream (TCP), which has no borders of its own: each behind its length in 2 bytes,
/// big-endian, and none longer than a datagram may be.
package enum StreamFrame {
    package static let headerByteCount = 2

    /// Takes the next datagram; nil while bytes of it are missing.
    package static func next(in buffer: inout ByteBuffer) throws(StreamFrameError) -> ByteBuffer? {
        guard let prefix: UInt16 = buffer.getInteger(at: buffer.readerIndex) else { return nil }
        let length = Int(prefix)
        // Judged before any of it is waited for.
        guard (1...Datagram.maximumByteCount).contains(length) else { throw StreamFrameError(length: length) }
        guard buffer.readableBytes >= headerByteCount + length else { return nil }
        buffer.moveReaderIndex(forwardBy: headerByteCount)
        return buffer.readSlice(length: length)
    }

    /// - Parameter datagram: Of 1 to ``Datagram/maximumByteCount`` bytes.
    package static func write(_ datagram: some Collection<UInt8>, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt16(datagram.count))
        buffer.writeBytes(datagram)
    }
}

/// A length that no datagram has: what comes behind it means nothing.
package struct StreamFrameError: Error, Hashable {
    package let length: Int

    package init(length: Int) { self.length = length }
}

/// Puts the datagrams of a stream together from what it brings, piece by piece. Between two of them it holds no memory.
package struct StreamFrames: Sendable {
    private var rest = ByteBuffer()

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) {
        if rest.readableBytes == 0 {
            rest = bytes
        } else {
            rest.writeImmutableBuffer(bytes)
        }
    }

    /// The next one; nil where it is not whole yet. After an error the stream is of no use.
    package mutating func next() throws(StreamFrameError) -> ByteBuffer? {
        if let datagram = try StreamFrame.next(in: &rest) { return datagram }
        // What was read is not kept for the sake of its last bytes.
        rest = rest.readableBytes == 0 ? ByteBuffer() : ByteBuffer(bytes: rest.readableBytesView)
        return nil
    }
}
