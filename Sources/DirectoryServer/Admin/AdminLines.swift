import FoundationEssentials
import NIOCore

/// Lines of JSON, each at most so long: a longer one ends the connection.
enum AdminLines {
    static let longest = 256 << 10

    static func encode(_ value: some Encodable) -> ByteBuffer? {
        guard let data = try? JSONEncoder().encode(value) else { return nil }
        return ByteBuffer(bytes: Array(data) + [UInt8(ascii: "\n")])
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from line: ByteBuffer) -> Value? {
        try? JSONDecoder().decode(type, from: Data(line.readableBytesView))
    }

    struct TooLong: Error {}
}

/// Cuts what arrives into lines.
final class AdminLineDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else {
            guard buffer.readableBytes <= AdminLines.longest else { throw AdminLines.TooLong() }
            return .needMoreData
        }
        let length = end - buffer.readerIndex
        guard length <= AdminLines.longest, let line = buffer.readSlice(length: length) else {
            throw AdminLines.TooLong()
        }
        buffer.moveReaderIndex(forwardBy: 1)
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }

    func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }
}

extension Channel {
    /// Lines in place of bytes.
    func addAdminHandlers() throws {
        try pipeline.syncOperations.addHandlers([ByteToMessageHandler(AdminLineDecoder())])
    }
}
