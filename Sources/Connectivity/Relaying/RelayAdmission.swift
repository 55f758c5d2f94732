import NIOCore
import Wire

/// In front of TLS on a connection to a relay: shows the ticket, and lets nobody behind it know that the connection is there
/// before the relay has said that the other side is. Then it is gone.
///
/// Fails the channel with ``LinkFailure/relayRefused(_:)``, or ``LinkFailure/relaySilent`` after its patience.
final class RelayAdmission: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hello: RelayHello
    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isOver = false

    init(_ hello: RelayHello, patience: TimeAmount) {
        self.hello = hello
        self.patience = patience
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: patience) {
            let (handler, context) = bound.value
            handler.fail(context, .relaySilent)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: hello.encoded)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isOver, let byte: UInt8 = bytes.readInteger() else { return }
        guard let status = RelayStatus(rawValue: byte) else {
            return fail(context, .malformed("the relay says \(byte)"))
        }
        guard status == .paired else { return fail(context, .relayRefused(status)) }
        isOver = true
        deadline?.cancel()
        // TLS takes no bytes before it knows of the connection.
        context.fireChannelActive()
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func fail(_ context: ChannelHandlerContext, _ failure: LinkFailure) {
        guard !isOver else { return }
        isOver = true
        deadline?.cancel()
        context.fireErrorCaught(failure)
        context.close(promise: nil)
    }
}
