import NIOCore
import NIOSSL
import Proxies
import Wire

/// The end of a link's pipeline: frames in, frames out, and every reason why it ends.
///
/// Invariant: whatever happens, both promises are completed and the inbox has an ending when the channel
/// is gone. All of it on the event loop.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Completed when the peer's certificate was found good, and when his 68 bytes were read.
    let verified: EventLoopPromise<Void>
    let greeted: EventLoopPromise<PeerGreeting>

    private let inbox: LinkInbox
    private let limits: LinkLimits
    private let handshakeEnd: NIODeadline
    private var certificate: MemberCertificate?
    private var assembler = FrameAssembler()
    private var context: ChannelHandlerContext?
    /// Messages of the current read burst.
    private var burst: [PeerMessage] = []
    private var burstBytes = 0
    private var waitingSends: [EventLoopPromise<Void>] = []
    private var handshakeDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?
    private var expiry: Scheduled<Void>?
    private var doubtDeadline: Scheduled<Void>?
    /// Times that something came.
    private var reads = 0

    /// - Parameter handshakeEnd: The peer's 68 bytes have to be there by then.
    init(eventLoop: any EventLoop, inbox: LinkInbox, limits: LinkLimits, handshakeEnd: NIODeadline) {
        self.inbox = inbox
        self.handshakeEnd = handshakeEnd
        self.limits = limits
        verified = eventLoop.makePromise()
        greeted = eventLoop.makePromise()
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        handshakeDeadline = context.eventLoop.scheduleTask(deadline: handshakeEnd) {
            bound.value.fail(.handshakeTimedOut)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.failure(.closed))
        self.context = nil
    }

    /// The gate is open: `expiresIn` from now the certificate ends, and the link with it.
    func open(_ certificate: MemberCertificate, expiresIn remaining: TimeAmount) {
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        expiry = context.eventLoop.scheduleTask(in: remaining) { bound.value.fail(.certificateExpired) }
        self.certificate = certificate
        verified.succeed()
    }

    /// Ends the link at once: nothing more is read, and nothing that waits is sent.
    func fail(_ failure: LinkFailure) {
        finish(.failure(failure))
        guard let context else { return }
        // Closing below TLS: its farewell would let what is buffered flow on.
        let transport = try? context.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
        (transport ?? context).close(promise: nil)
    }

    /// Ends the link in an orderly way.
    func close() {
        finish(.failure(.closed))
        context?.close(promise: nil)
    }

    private func finish(_ ending: Result<Void, LinkFailure>) {
        inbox.end(ending)
        let failure: LinkFailure = if case .failure(let failure) = inbox.ending { failure } else { .closedByPeer }
        verified.fail(failure)
        greeted.fail(failure)
        let sends = waitingSends
        waitingSends = []
        for promise in sends { promise.fail(failure) }
        for deadline in [handshakeDeadline, writeDeadline, expiry, doubtDeadline] { deadline?.cancel() }
        (handshakeDeadline, writeDeadline, expiry, doubtDeadline) = (nil, nil, nil, nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        flushBurst()
        finish(.success(()))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let failure as LinkFailure: fail(failure)
        case let failure as ProxyFailure: fail(.proxyFailed(failure))
        // Standard clients close without TLS's farewell, also after a finished transfer.
        case NIOSSLError.uncleanShutdown: channelEnded()
        case is IOError, is ChannelError: channelEnded()
        default: fail(.securityFailed(String(describing: error)))
        }
    }

    private func channelEnded() {
        flushBurst()
        finish(.success(()))
        context?.close(promise: nil)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard inbox.ending == nil else { return }
        let buffer = unwrapInboundIn(data)
        burstBytes += buffer.readableBytes
        reads += 1
        do {
            try assembler.consume(buffer) { frame in
                switch frame {
                case .handshake(let handshake): greet(handshake)
                case .message(let message): burst.append(message)
                }
            }
        } catch {
            flushBurst()
            fail(.malformed(String(describing: error)))
        }
    }

    private func greet(_ handshake: PeerHandshake) {
        handshakeDeadline?.cancel()
        handshakeDeadline = nil
        // The gate lets nothing through before there is a certificate.
        guard let certificate else { return fail(.refused(.noCertificate)) }
        greeted.succeed(PeerGreeting(certificate: certificate, handshake: handshake))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushBurst()
        context.fireChannelReadComplete()
    }

    private func flushBurst() {
        guard !burst.isEmpty else { return }
        // A message costs memory even where it has hardly any bytes.
        inbox.deliver(burst, bytes: burstBytes + burst.count * MemoryLayout<PeerMessage>.stride)
        burst = []
        burstBytes = 0
    }

    func read(context: ChannelHandlerContext) {
        if inbox.admitsRead() { context.read() }
    }

    // MARK: Writing

    /// Writes and flushes; `accepted` is completed when the transport takes more.
    func send(_ buffers: [ByteBuffer], accepted: EventLoopPromise<Void>) {
        if case .failure(let failure) = inbox.ending { return accepted.fail(failure) }
        guard let context, inbox.ending == nil else { return accepted.fail(LinkFailure.closedByPeer) }
        for buffer in buffers { context.write(wrapOutboundOut(buffer), promise: nil) }
        context.flush()
        if context.channel.isWritable {
            accepted.succeed()
        } else {
            waitingSends.append(accepted)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline = nil
        if context.channel.isWritable {
            let sends = waitingSends
            waitingSends = []
            for promise in sends { promise.succeed() }
        } else {
            // After the flush that follows: what the kernel takes of it at once tells nothing of the peer.
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.watchWriting() }
        }
        context.fireChannelWritabilityChanged()
    }

    /// However slow a link is, it lives as long as the peer takes anything at all.
    private func watchWriting() {
        guard let context, inbox.ending == nil, !context.channel.isWritable, writeDeadline == nil else { return }
        let before = unwritten
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        writeDeadline = context.eventLoop.scheduleTask(in: limits.stalledWrite) {
            bound.value.writeDeadline = nil
            guard bound.value.unwritten < before else { return bound.value.fail(.silent) }
            bound.value.watchWriting()
        }
    }

    /// Bytes that the kernel has not taken yet.
    private var unwritten: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: Silence

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? IdleStateHandler.IdleStateEvent {
        // Our own reader is what it waits for where a read is held back.
        case .read where !inbox.holdsRead: fail(.silent)
        case .write where greetedPeer: context.writeAndFlush(wrapOutboundOut(FrameAssembler.keepAlive), promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The link may be dead: it ends unless something comes within the time, and within the next, as often as is said. An earlier
    /// doubt is forgotten: what came before says nothing any more.
    ///
    /// - Parameter whenEnded: Called where it was ended for that.
    func doubt(_ limits: (silence: TimeAmount, times: Int), _ whenEnded: @escaping @Sendable () -> Void) {
        doubtDeadline?.cancel()
        doubtDeadline = nil
        guard limits.times > 0, inbox.ending == nil else { return }
        let before = reads
        let bound = NIOLoopBound(self, eventLoop: verified.futureResult.eventLoop)
        doubtDeadline = verified.futureResult.eventLoop.scheduleTask(in: limits.silence) {
            let handler = bound.value
            if handler.reads > before { return handler.doubt((limits.silence, limits.times - 1), whenEnded) }
            // Our own reader is what it waits for.
            if handler.inbox.holdsRead { return handler.doubt(limits, whenEnded) }
            handler.fail(.silent)
            whenEnded()
        }
    }

    private var greetedPeer: Bool { handshakeDeadline == nil }
}
