import NIOCore
import Wire

/// Cuts a stream into the opening handshake and the messages after it, however TLS cuts the bytes.
///
/// What lies whole in a buffer is decoded where it lies; only of a frame that two buffers share the beginning is kept. The data of a
/// block gets memory of its own: as a slice it would keep all of TLS's buffer for 16 KiB, up to 512.
struct FrameAssembler {
    enum Frame {
        case handshake(PeerHandshake)
        case message(PeerMessage)
    }

    static let keepAlive: ByteBuffer = {
        var buffer = ByteBuffer()
        PeerMessage.keepAlive.encode(into: &buffer)
        return buffer
    }()

    private var reader = Reader()
    /// The start of a frame whose end has not come yet.
    private var partial = ByteBuffer()

    /// Throws ``PeerHandshakeError`` or ``PeerMessageError``, after which the stream is of no use.
    mutating func consume(_ bytes: ByteBuffer, _ take: (Frame) -> Void) throws {
        var bytes = bytes
        while partial.readableBytes > 0, var needed = bytes.readSlice(length: min(missing, bytes.readableBytes)) {
            partial.writeBuffer(&needed)
            if let frame = try reader.next(in: &partial) { take(frame) }
            if partial.readableBytes == 0 {
                partial.clear()
            } else if bytes.readableBytes == 0 {
                return
            }
        }
        while let frame = try reader.next(in: &bytes) { take(frame) }
        partial.writeBuffer(&bytes)
    }

    /// How many bytes the frame that begins in ``partial`` still needs, as far as one can tell: at least 1.
    private var missing: Int {
        guard reader.isGreeted else { return PeerHandshake.byteCount - partial.readableBytes }
        let header = MemoryLayout<UInt32>.size
        // The decoder has judged the length: it throws where it is beyond what a message may have.
        guard let length: UInt32 = partial.getInteger(at: partial.readerIndex) else {
            return header - partial.readableBytes
        }
        return header + Int(length) - partial.readableBytes
    }

    private struct Reader {
        private var decoder = PeerMessageDecoder()
        private(set) var isGreeted = false

        mutating func next(in buffer: inout ByteBuffer) throws -> Frame? {
            if isGreeted { return try decoder.next(in: &buffer).map { .message($0.withDataApart) } }
            guard buffer.readableBytes > 0, let handshake = try PeerHandshake(reading: &buffer) else { return nil }
            isGreeted = true
            return .handshake(handshake)
        }
    }
}

extension PeerMessage {
    fileprivate var withDataApart: PeerMessage {
        guard case .piece(let piece, let begin, var data) = self else { return self }
        var own = ByteBufferAllocator().buffer(capacity: data.readableBytes)
        own.writeBuffer(&data)
        return .piece(piece: piece, begin: begin, data: own)
    }
}
