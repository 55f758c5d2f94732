import Glibc
import NIOCore
import NIOPosix
import Proxies
import Wire

/// A TCP connection that carries the same datagrams, each behind its length.
enum StreamPath {
    /// Until one that broke is opened anew.
    static let pause = TimeAmount.seconds(1)
    /// What firewalls let through that let little through.
    private static let otherPort: UInt16 = 443
    private static let connectTimeout = TimeAmount.seconds(5)
    /// Of quiet after which the system asks whether the other end is there, which also keeps translators on the way from
    /// forgetting it; between two such questions; and how many may remain unanswered. Seconds.
    private static let keepAlive: (idle: Int, interval: Int, count: Int) = (60, 20, 4)

    /// Where a server may listen whose UDP is at an address: under the same number, or elsewhere by its operator's wish.
    static func addresses(of server: SocketAddress) -> [SocketAddress] {
        ports(of: UInt16(clamping: server.port ?? 0)).map { port in
            var address = server
            address.port = Int(port)
            return address
        }
    }

    /// The same by the number of its UDP.
    static func ports(of port: UInt16) -> [UInt16] { port == otherPort ? [port] : [port, otherPort] }

    /// What the other end does not take in time is lost like a datagram.
    static func send(_ datagram: [UInt8], through channel: any Channel) {
        guard channel.isWritable else { return }
        var frame = channel.allocator.buffer(capacity: StreamFrame.headerByteCount + datagram.count)
        StreamFrame.write(datagram, into: &frame)
        channel.writeAndFlush(frame, promise: nil)
    }

    private static func bootstrap(_ id: PathID, for client: DirectoryClient) -> ClientBootstrap {
        ClientBootstrap(group: client.eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.keepAliveIdle), value: keepAlive.idle)
            .channelOption(.tcpOption(.keepAliveInterval), value: keepAlive.interval)
            .channelOption(.tcpOption(.keepAliveCount), value: keepAlive.count)
            .channelInitializer { [weak client] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamPathHandler(id, client))
                }
            }
    }

    /// The same where a proxy leads. Fails with ``ProxyFailure``.
    static func open(
        _ id: PathID, to destination: ProxyDestination, through proxy: Proxy, for client: DirectoryClient
    ) -> EventLoopFuture<any Channel> {
        let deadline = NIODeadline.now() + connectTimeout
        return bootstrap(id, for: client).connect(host: proxy.place.host, port: Int(proxy.place.port))
            .flatMapErrorThrowing { throw ProxyFailure(proxy, connecting: $0) }
            .flatMap { channel in
                do {
                    return try proxy.lead(channel, to: destination, within: deadline - .now()).map { channel }
                } catch {
                    channel.close(promise: nil)
                    return channel.eventLoop.makeFailedFuture(error)
                }
            }
    }

    /// Connects a socket whose datagrams go to the client, on its event loop.
    ///
    /// - Parameter localPort: One on which this device listens, where the listener shares it.
    static func open(
        _ id: PathID, to address: SocketAddress, from localPort: UInt16?, for client: DirectoryClient
    ) -> EventLoopFuture<any Channel> {
        var bootstrap = bootstrap(id, for: client)
        if let localPort {
            let any = address.protocol == .inet6 ? "::" : "0.0.0.0"
            guard let local = try? SocketAddress(ipAddress: any, port: Int(localPort)) else {
                return client.eventLoop.makeFailedFuture(ChannelError.unknownLocalAddress)
            }
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelOption(.socketOption(.sharesPort), value: 1)
                .bind(to: local)
        }
        return bootstrap.connect(to: address).flatMap { channel in
            guard localPort != nil, let options = channel as? any SocketOptionProvider else {
                return channel.eventLoop.makeSucceededFuture(channel)
            }
            // At its end it is gone at once: lingering, it would keep the next one from the same port.
            return options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).map { channel }
        }
    }
}

/// Hands the datagrams of one stream to the client.
private final class StreamPathHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let id: PathID
    private weak let client: DirectoryClient?
    private var frames = StreamFrames()

    init(_ id: PathID, _ client: DirectoryClient?) {
        self.id = id
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        do {
            while let datagram = try frames.next() {
                let (bytes, id) = (Array(datagram.readableBytesView), id)
                client?.assumeIsolated { $0.received(bytes, on: id) }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        let (channel, id) = (context.channel, id)
        client?.assumeIsolated { $0.lost(id, channel) }
    }
}
