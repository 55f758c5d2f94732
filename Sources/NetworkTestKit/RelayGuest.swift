package import NIOCore
import NIOPosix
package import TestKit
package import Wire

/// Connects to a relay, says whatever a test wants, and keeps what it is told.
package struct RelayGuest: Sendable {
    package struct State: Sendable {
        package var bytes: [UInt8] = []
        /// The relay has nothing more to say.
        package var hasEnded = false
    }

    package let channel: any Channel
    package let seen: Seen<State>

    private init(channel: any Channel, seen: Seen<State>) { (self.channel, self.seen) = (channel, seen) }

    /// - Parameters:
    ///   - reads: From the beginning; else each time that the channel is told to.
    ///   - kernelBuffer: Bytes that the guest's own kernel keeps each way, which it doubles; nil for as many as it likes.
    package static func connect(
        to relay: Int, host: String = "127.0.0.1", reads: Bool = true, kernelBuffer: Int? = nil
    ) async throws -> RelayGuest {
        let seen = Seen(State())
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let kernelBuffer {
            let bytes = SocketOptionValue(kernelBuffer)
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: bytes)
                .channelOption(.socketOption(.so_sndbuf), value: bytes)
        }
        let channel =
            try await bootstrap
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listener(seen))
                }
            }
            .connect(host: host, port: relay).get()
        return RelayGuest(channel: channel, seen: seen)
    }

    package static func connect(
        to relay: Int, showing ticket: [UInt8], reads: Bool = true, kernelBuffer: Int? = nil
    ) async throws -> RelayGuest {
        let guest = try await connect(to: relay, reads: reads, kernelBuffer: kernelBuffer)
        guard let hello = RelayHello(ticket: ticket) else { throw TestKitError.invalid("no ticket") }
        try await guest.say(hello.encoded)
        return guest
    }

    package func say(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// The first byte.
    package func status() async throws -> RelayStatus {
        await seen.wait { !$0.bytes.isEmpty || $0.hasEnded }
        guard let status = seen.value.bytes.first.flatMap(RelayStatus.init(rawValue:)) else {
            throw TestKitError.invalid("the relay said nothing")
        }
        return status
    }

    /// What came behind the first byte, as soon as it is so much.
    package func heard(_ count: Int) async -> [UInt8] {
        await seen.wait { $0.bytes.count > count || $0.hasEnded }
        return Array(seen.value.bytes.dropFirst())
    }

    /// All that came behind the first byte, when the relay has nothing more to say.
    package func heardAll() async -> [UInt8] {
        await seen.wait(until: \.hasEnded)
        return Array(seen.value.bytes.dropFirst())
    }

    package func leave() async { try? await channel.close() }
}

private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let seen: Seen<RelayGuest.State>

    init(_ seen: Seen<RelayGuest.State>) { self.seen = seen }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        seen.change { $0.bytes += bytes }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { seen.change { $0.hasEnded = true } }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { seen.change { $0.hasEnded = true } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
