package import NIOCore
import NIOPosix
package import Wire

/// In front of everything else on a connection to a proxy: nobody behind it knows that the connection is there before it leads to
/// its destination. Then it is gone.
///
/// Fails the channel with a ``ProxyFailure``, at the latest after its patience.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: Proxy
    private var conversation: any ProxyConversation
    private let patience: TimeAmount
    private let opened: EventLoopPromise<Void>
    private var deadline: Scheduled<Void>?
    private var hasBegun = false
    private var isOver = false

    init(_ proxy: Proxy, _ conversation: any ProxyConversation, patience: TimeAmount, opened: EventLoopPromise<Void>) {
        self.proxy = proxy
        self.conversation = conversation
        self.patience = patience
        self.opened = opened
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: patience) {
            let (handler, context) = bound.value
            handler.fail(context, .silent)
        }
        if context.channel.isActive { begin(context) }
    }

    /// Of a channel that is gone before it was connected, too.
    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        if !isOver { opened.fail(ProxyFailure(proxy, .closed)) }
    }

    func channelActive(context: ChannelHandlerContext) { begin(context) }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: conversation.opening)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        do {
            switch try conversation.receive(Array(unwrapInboundIn(data).readableBytesView)) {
            case .wait: break
            case .say(let words):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: words)), promise: nil)
            case .connected(let rest): lead(context, rest)
            }
        } catch {
            fail(context, .refusal(error))
        }
    }

    private func lead(_ context: ChannelHandlerContext, _ rest: [UInt8]) {
        isOver = true
        deadline?.cancel()
        opened.succeed()
        // TLS takes no bytes before it knows of the connection.
        context.fireChannelActive()
        if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, .closed) }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, .closed)
        context.fireChannelInactive()
    }

    private func fail(_ context: ChannelHandlerContext, _ reason: ProxyFailure.Reason) {
        guard !isOver else { return }
        isOver = true
        deadline?.cancel()
        let failure = ProxyFailure(proxy, reason)
        opened.fail(failure)
        context.fireErrorCaught(failure)
        context.close(promise: nil)
    }
}

extension Proxy {
    /// Puts in front of all that is in a channel, which is connected to this proxy or will be, what has it lead to a destination. On
    /// its event loop.
    ///
    /// - Parameter limit: From now until it leads there.
    /// - Returns: When it does; fails with ``ProxyFailure``.
    @discardableResult
    package func lead(
        _ channel: any Channel, to destination: ProxyDestination, within limit: TimeAmount
    ) throws -> EventLoopFuture<Void> {
        guard let conversation = conversation(to: destination) else {
            throw ProxyFailure(self, .nameUnknown(destination.name ?? "?"))
        }
        let opened = channel.eventLoop.makePromise(of: Void.self)
        let tunnel = ProxyTunnel(self, conversation, patience: limit, opened: opened)
        do { try channel.pipeline.syncOperations.addHandler(tunnel, position: .first) } catch {
            opened.fail(error)
            throw error
        }
        return opened.futureResult
    }

    /// The destination as this proxy takes it: what takes no names is told the address that the system finds.
    package func located(
        _ destination: ProxyDestination, on eventLoop: any EventLoop, within limit: TimeAmount
    ) async throws(ProxyFailure) -> ProxyDestination {
        guard !resolvesNames, destination.endpoint == nil, let name = destination.name else { return destination }
        let promise = eventLoop.makePromise(of: Endpoint?.self)
        let end = eventLoop.scheduleTask(in: limit) { promise.succeed(nil) }
        NIOThreadPool.singleton.submit { _ in
            let address = try? SocketAddress.makeAddressResolvingHost(name, port: Int(destination.port))
            promise.succeed(address.flatMap { Endpoint($0) })
        }
        let found = try? await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.succeed(nil)
        }
        end.cancel()
        guard let endpoint = found else { throw ProxyFailure(self, .nameUnknown(name)) }
        return destination.at(endpoint)
    }
}
