import NIOCore
import Wire

/// Looks at the first bytes of a connection, in front of TLS: a ``LinkPreface`` is taken off, everything else goes on as
/// it came.
final class PrefaceReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let decide: (LinkPreface?) throws -> Void
    private let end: NIODeadline
    private var start = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isDone = false

    /// - Parameters:
    ///   - end: The first bytes have to be there by then.
    ///   - decide: Called once, with what was read; throws where the connection is to end.
    init(until end: NIODeadline, _ decide: @escaping (LinkPreface?) throws -> Void) {
        self.end = end
        self.decide = decide
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        start.writeBuffer(&bytes)
        guard let first = start.readableBytesView.first else { return }
        var preface: LinkPreface?
        if first == LinkPreface.firstByte {
            guard let read = start.readBytes(length: LinkPreface.byteCount) else { return }
            preface = LinkPreface(read)
        }
        isDone = true
        deadline?.cancel()
        do { try decide(preface) } catch { return context.close(promise: nil) }
        if start.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(start)) }
        start = ByteBuffer()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

/// Says by which attempt we come, before TLS begins.
final class PrefaceWriter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let preface: LinkPreface

    init(_ preface: LinkPreface) { self.preface = preface }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: preface.encoded)), promise: nil)
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
