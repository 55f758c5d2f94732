import NIOCore
import TestKit
import Testing
import Wire

/// The first bytes on a connection to a relay.
struct RelayHelloTests {
    private static let ticket = [UInt8](repeating: 7, count: RelayTicket.byteLimit)

    @Test func isReadHoweverItIsCut() throws {
        let hello = try #require(RelayHello(ticket: Self.ticket))
        let bytes = hello.encoded
        #expect(bytes.count == RelayHello.byteLimit)
        for cut in 0..<bytes.count {
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            #expect(try RelayHello.decode(&buffer) == nil)
            #expect(buffer.readableBytes == cut)
            buffer.writeBytes(bytes[cut...])
            #expect(try RelayHello.decode(&buffer) == hello)
            #expect(buffer.readableBytes == 0)
        }
    }

    @Test func whatComesBehindItIsLeft() throws {
        var buffer = ByteBuffer(bytes: try #require(RelayHello(ticket: [1])).encoded + [2, 3])
        #expect(try RelayHello.decode(&buffer)?.ticket == [1])
        #expect(Array(buffer.readableBytesView) == [2, 3])
    }

    @Test func emptyAndTooLongTicketsAreNone() {
        #expect(RelayHello(ticket: []) == nil)
        #expect(RelayHello(ticket: Self.ticket + [0]) == nil)
    }

    @Test(
        arguments: [
            [0x16], [0x16, 0x03, 0x01], Array("BTrelaz".utf8), Array("BTrelay\u{2}".utf8),
            Array("BTrelay\u{1}".utf8) + [0, 0], Array("BTrelay\u{1}".utf8) + [0xFF, 0xFF],
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
        ] as [[UInt8]]) func whatCannotBecomeOneIsRefusedAtOnce(bytes: [UInt8])
    {
        var buffer = ByteBuffer(bytes: bytes)
        #expect(throws: RelayHello.Malformed()) { try RelayHello.decode(&buffer) }
    }

    /// Programs of both sides may be of different days.
    @Test func statusesKeepTheirNumbers() {
        #expect(
            RelayStatus.allCases == [
                .paired, .malformed, .slow, .ticketInvalid, .ticketExpired, .ticketUsed, .full, .tooManyOfMember,
                .quotaUsedUp, .partnerMissing, .closing,
            ])
        #expect(RelayStatus.allCases.map(\.rawValue) == Array(0...10))
    }
}
