import NIOCore
import Wire

/// One connection to a relay: takes its hello, and from the pairing on writes what it reads to the other one.
///
/// It reads only when the other one has nothing left to write: so a direction has one read in memory at most, and an idle
/// pair nothing. At the end of a direction NIO reads all at once that the kernel has: therefore that is bounded too. All of
/// it on the relay's event loop.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of one direction in memory.
    static let budget = 64 << 10
    /// Bytes that the kernel may hold of what one end sent, and as many of what the other is to get; it doubles both. By itself
    /// it would let them grow to many megabytes for ends that do not read.
    static let kernelBuffer: SocketOptionValue = 256 << 10
    /// A channel takes more when all was written.
    static let writeMarks = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)

    private enum Stage {
        case greeting(ByteBuffer)
        case waiting
        case carrying(RelayHandler)
        case over
    }

    private let id: RelayDesk.ConnectionID
    private let hub: RelayHub
    private var stage = Stage.greeting(ByteBuffer())
    private var context: ChannelHandlerContext?
    /// Until when nothing is read, as its caller has had too much at once.
    private var pause: Scheduled<Void>?

    init(_ id: RelayDesk.ConnectionID, hub: RelayHub) {
        self.id = id
        self.hub = hub
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        hub.arrived(id, self, from: context.remoteAddress)
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .carrying(let partner) = stage { partner.finish() }
        stage = .over
        pause?.cancel()
        self.context = nil
        hub.ended(id)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Ends the connection at once.
    func end() { context?.close(promise: nil) }

    /// A byte goes at once, as none was written before.
    func refuse(_ status: RelayStatus) {
        say(status)
        stage = .over
        end()
    }

    func join(_ partner: RelayHandler) {
        say(.paired)
        stage = .carrying(partner)
    }

    private func say(_ status: RelayStatus) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(integer: status.rawValue)), promise: nil)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        switch stage {
        case .greeting(var words):
            words.writeBuffer(&buffer)
            greet(words)
        case .carrying(let partner): carry(buffer, to: partner)
        case .waiting, .over: break
        }
    }

    private func greet(_ bytes: ByteBuffer) {
        var bytes = bytes
        do {
            guard let hello = try RelayHello.decode(&bytes) else {
                stage = .greeting(bytes)
                return
            }
            // Whoever has more to say before he is paired would have it read by nobody.
            guard bytes.readableBytes == 0 else { throw RelayHello.Malformed() }
            stage = .waiting
            hub.greeted(id, hello)
        } catch {
            hub.spokeNonsense(id)
        }
    }

    private func carry(_ buffer: ByteBuffer, to partner: RelayHandler) {
        switch hub.carried(id, buffer.readableBytes) {
        case .none: break
        case .wait(let milliseconds): rest(milliseconds)
        case .end: return
        }
        partner.write(buffer)
    }

    private func rest(_ milliseconds: Int64) {
        guard let context else { return }
        pause?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        pause = context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
            bound.value.pause = nil
            bound.value.readOn()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch stage {
        case .greeting: context.read()
        case .carrying(let partner):
            partner.context?.flush()
            readOn()
        case .waiting, .over: break
        }
    }

    /// Asks for the next read where there is room for it.
    func readOn() {
        guard case .carrying(let partner) = stage, partner.isFree, pause == nil else { return }
        context?.read()
    }

    // MARK: Writing

    private var isFree: Bool { context?.channel.isWritable ?? false }

    private func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, case .carrying(let partner) = stage else { return }
        partner.readOn()
    }

    // MARK: Endings

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        if case .carrying(let partner) = stage { partner.closeWhenWritten(.output) } else { end() }
    }

    /// The other one is gone: what it said last is still written.
    private func finish() {
        stage = .over
        closeWhenWritten(.all)
    }

    private func closeWhenWritten(_ mode: CloseMode) {
        guard let context else { return }
        // Closing would throw away what waits where the input is closed already: so it waits its turn.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(mode: mode, promise: nil)
        }
    }
}
