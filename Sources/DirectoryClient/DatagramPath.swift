import NIOCore
import NIOPosix

/// A connected UDP socket on a port that the system picked.
enum DatagramPath {
    /// Until a socket that broke is opened anew.
    static let pause = TimeAmount.milliseconds(250)

    /// Opens a socket whose datagrams go to the client, on its event loop.
    static func open(
        _ id: PathID, to address: SocketAddress, for client: DirectoryClient
    ) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: client.eventLoop)
            .channelOption(.datagramVectorReadMessageCount, value: 32)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 32 * 2_048))
            .channelOption(.socketOption(.so_rcvbuf), value: 1 << 20)
            .channelInitializer { [weak client] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PathHandler(id, client))
                }
            }
            .connect(to: address)
    }
}

/// Hands the datagrams of one path to the client.
private final class PathHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let id: PathID
    private weak let client: DirectoryClient?

    init(_ id: PathID, _ client: DirectoryClient?) {
        self.id = id
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = Array(unwrapInboundIn(data).data.readableBytesView)
        client?.assumeIsolated { $0.received(datagram, on: id) }
    }

    /// That a port was unreachable a moment ago says nothing for certain; silence will.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func channelInactive(context: ChannelHandlerContext) {
        let channel = context.channel
        client?.assumeIsolated { $0.lost(id, channel) }
    }
}
