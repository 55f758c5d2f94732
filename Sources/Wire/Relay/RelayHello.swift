package import NIOCore

/// What whoever connects to a relay says first: `"BTrelay" ‖ version (1 byte) ‖ length (2 bytes, big-endian) ‖ sealed ticket`.
/// The relay answers with one byte, a ``RelayStatus``; behind ``RelayStatus/paired`` the connection is the other side's.
package struct RelayHello: Hashable, Sendable {
    /// A sealed ``RelayTicket``, unread.
    package let ticket: [UInt8]

    /// The bytes are no such words: whoever sent them speaks something else, or another version.
    package struct Malformed: Error, Hashable, Sendable {
        package init() {}
    }

    /// Name and version.
    private static let opening = Array("BTrelay\u{1}".utf8)
    private static let headerByteCount = opening.count + MemoryLayout<UInt16>.size
    /// No hello is longer.
    package static let byteLimit = headerByteCount + RelayTicket.byteLimit

    /// Nil where the ticket is longer than any, or empty.
    package init?(ticket: [UInt8]) {
        guard (1...RelayTicket.byteLimit).contains(ticket.count) else { return nil }
        self.ticket = ticket
    }

    package var encoded: [UInt8] { Self.opening + bigEndianBytes(UInt16(ticket.count)) + ticket }

    /// Takes a hello from the front of what has come; nil, and nothing taken, while more has to come. What cannot become one is
    /// known by its first wrong byte.
    package static func decode(_ buffer: inout ByteBuffer) throws(Malformed) -> RelayHello? {
        guard buffer.readableBytesView.prefix(opening.count).elementsEqual(opening.prefix(buffer.readableBytes))
        else { throw Malformed() }
        guard let length: UInt16 = buffer.getInteger(at: buffer.readerIndex + opening.count) else { return nil }
        guard (1...RelayTicket.byteLimit).contains(Int(length)) else { throw Malformed() }
        guard let ticket = buffer.getBytes(at: buffer.readerIndex + headerByteCount, length: Int(length)) else {
            return nil
        }
        buffer.moveReaderIndex(forwardBy: headerByteCount + Int(length))
        return RelayHello(ticket: ticket)
    }
}
