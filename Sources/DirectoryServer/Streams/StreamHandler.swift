import NIOCore
import Wire

/// One stream: takes its datagrams apart, and closes where there are none.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: StreamDesk
    /// Datagrams in a row that are taken of a stranger of whom nothing authentic came: several times as many as an opening takes.
    private static let strangersShare = 64

    private var frames = StreamFrames()
    private var taken = 0
    private var context: ChannelHandlerContext?
    /// Nil before it is admitted and after it is closed.
    private(set) var remote: Remote?

    init(desk: StreamDesk) { self.desk = desk }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        remote = context.remoteAddress.flatMap { Remote($0) }.flatMap { desk.admit(self, from: $0) }
        if remote == nil { close() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let stream = remote?.stream else { return }
        desk.heard(stream)
        frames.append(unwrapInboundIn(data))
        do {
            // What it brings may close it.
            while let remote, let datagram = try frames.next() {
                taken = desk.isProven(stream) ? 0 : taken + 1
                guard taken <= Self.strangersShare else { return desk.end(stream, .unproven) }
                desk.take(datagram, from: remote)
            }
        } catch {
            desk.end(stream, .malformed)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { desk.readAll() }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        guard let stream = remote?.stream else { return }
        remote = nil
        desk.closed(stream)
    }

    /// What the other end does is its own affair.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// False where the other end reads too slowly.
    func write(_ datagram: ByteBuffer) -> Bool {
        guard let context, context.channel.isWritable else { return false }
        context.write(wrapOutboundOut(datagram), promise: nil)
        return true
    }

    func flush() { context?.flush() }

    /// The desk has forgotten it.
    func close() {
        remote = nil
        context?.close(promise: nil)
    }
}
