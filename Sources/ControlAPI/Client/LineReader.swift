import NIOCore

/// Puts lines together that come in pieces.
struct LineReader {
    struct TooLong: Error {}

    private var pending = ByteBuffer()

    /// The lines that are whole by now, without their ends.
    mutating func read(_ buffer: ByteBuffer) throws(TooLong) -> [ByteBuffer] {
        pending.writeImmutableBuffer(buffer)
        var lines: [ByteBuffer] = []
        while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = pending.readSlice(length: end - pending.readerIndex)
        {
            pending.moveReaderIndex(forwardBy: 1)
            lines.append(line)
        }
        pending.discardReadBytes()
        guard pending.readableBytes <= ControlAPI.answerLimit else { throw TooLong() }
        return lines
    }
}
