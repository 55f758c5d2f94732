package import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on loopback, for one server: what is behind it sees addresses of the proxy, as behind a NAT.
package final class StreamProxy: Sendable {
    private let server: any Channel
    private let streams: Streams

    /// All that are or were open.
    private final class Streams: Sendable {
        private let channels = Mutex<[any Channel]>([])

        func note(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
        func take() -> [any Channel] {
            channels.withLock { channels in
                defer { channels = [] }
                return channels
            }
        }
    }

    private init(server: any Channel, streams: Streams) {
        self.server = server
        self.streams = streams
    }

    /// - Parameter port: Of 127.0.0.1; 0 for a free one.
    package static func start(to address: SocketAddress, port: Int = 0) async throws -> StreamProxy {
        let streams = Streams()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.any())
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                streams.note(near)
                return ClientBootstrap(group: near.eventLoop).channelOption(.autoRead, value: false)
                    .connect(to: address).flatMap { far in
                        streams.note(far)
                        return near.eventLoop.makeCompletedFuture {
                            try near.pipeline.syncOperations.addHandler(Pump(to: far))
                            try far.pipeline.syncOperations.addHandler(Pump(to: near))
                        }
                        .flatMap { far.setOption(.autoRead, value: true) }
                        .flatMap { near.setOption(.autoRead, value: true) }
                    }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return StreamProxy(server: server, streams: streams)
    }

    package var port: Int { server.localAddress?.port ?? 0 }

    /// Ends the streams that are open; others may come.
    package func cut() async { for channel in streams.take() { try? await channel.close() } }

    package func close() async {
        try? await server.close()
        await cut()
    }
}

/// Passes on what one end says to the other.
final class Pump: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
