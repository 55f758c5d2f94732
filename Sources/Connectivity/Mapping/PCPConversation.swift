import Glibc
import NIOCore
import Wire

/// One request, repeated until it is answered or the channel is closed. A computer has one of them at a time, so that RFC 6886's pace
/// (§3.1) will do, which is faster than that of RFC 6887.
final class PCPConversation: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// The socket is connected.
    struct Begin: Sendable {}

    private static let firstWait = TimeAmount.milliseconds(250)

    private let request: [UInt8]
    private let promise: EventLoopPromise<MappingOutcome>
    private let outcome: @Sendable (PCPAnswer) -> MappingOutcome?
    private var next: Scheduled<Void>?
    private var isOver = false

    /// - Parameter outcome: what an answer means; nil for one to something else.
    init(
        _ request: [UInt8], _ promise: EventLoopPromise<MappingOutcome>,
        _ outcome: @escaping @Sendable (PCPAnswer) -> MappingOutcome?
    ) {
        self.request = request
        self.promise = promise
        self.outcome = outcome
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Begin { send(context, wait: Self.firstWait) } else { context.fireUserInboundEventTriggered(event) }
    }

    private func send(_ context: ChannelHandlerContext, wait: TimeAmount) {
        guard !isOver else { return }
        let channel = context.channel
        channel.writeAndFlush(channel.allocator.buffer(bytes: request), promise: nil)
        next = context.eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in
            self?.send(context, wait: wait * 2)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = Array(unwrapInboundIn(data).data.readableBytesView)
        guard let answer = PCPAnswer(datagram), let outcome = outcome(answer) else { return }
        end(outcome)
    }

    /// Nobody listens at the router's port: it does not speak it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end((error as? IOError)?.errnoCode == ECONNREFUSED ? .refused(.notSpoken) : .unanswered)
    }

    func channelInactive(context: ChannelHandlerContext) { end(.unanswered) }

    private func end(_ outcome: MappingOutcome) {
        guard !isOver else { return }
        isOver = true
        next?.cancel()
        promise.succeed(outcome)
    }
}
