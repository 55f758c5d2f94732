package import Crypto
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Wire

/// What whoever starts a relay decides.
package struct RelayConfiguration: Sendable {
    /// An address of this machine; nil for all of them.
    package var host: String?
    /// TCP; 0 takes any free one.
    package var port: Int
    /// The network's, which signs the tickets.
    package var key: P256.Signing.PublicKey
    package var limits: RelayLimits
    /// Milliseconds since 1970.
    package var wall: @Sendable () -> Int64
    package var observer: any RelayObserver

    package init(
        host: String? = nil, port: Int = 0, key: P256.Signing.PublicKey, limits: RelayLimits = RelayLimits(),
        wall: @escaping @Sendable () -> Int64, observer: any RelayObserver
    ) {
        self.host = host
        self.port = port
        self.key = key
        self.limits = limits
        self.wall = wall
        self.observer = observer
    }
}

/// Carries bytes between two members who cannot reach each other: TLS between the two, of which it knows nothing.
///
/// One thread, as two channels of one event loop pass bytes on without locks. ``init(_:)`` binds the port, ``run()`` serves it
/// until it is cancelled; whoever makes one must run or close it.
package final class RelayServer: Sendable {
    private static let backlog: Int32 = 256

    package let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let hub: NIOLoopBound<RelayHub>
    private let isClosed = Atomic(false)

    /// - Throws: Where the port cannot be bound: `IOError`, or what the look-up of the host says.
    package init(_ configuration: RelayConfiguration) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            hub = try await loop.submit { NIOLoopBound(RelayHub(configuration), eventLoop: loop) }.get()
            listener = try await Self.bind(configuration, on: loop, hub)
            port = listener.localAddress?.port ?? configuration.port
            try await loop.submit { [hub] in hub.value.start(on: loop) }.get()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func bind(
        _ configuration: RelayConfiguration, on loop: any EventLoop, _ hub: NIOLoopBound<RelayHub>
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: configuration.port == 0 ? 0 : 1)
            .serverChannelOption(.backlog, value: backlog)
            // Connections have both from the listener: later that of receiving would not count.
            .serverChannelOption(.socketOption(.so_rcvbuf), value: RelayHandler.kernelBuffer)
            .serverChannelOption(.socketOption(.so_sndbuf), value: RelayHandler.kernelBuffer)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: RelayReceiveBuffers())
            .childChannelOption(.writeBufferWaterMark, value: RelayHandler.writeMarks)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(hub.value.makeHandler())
                }
            }
        do {
            return try await bootstrap.bind(host: configuration.host ?? "::", port: configuration.port).get()
        } catch let error as IOError
            where configuration.host == nil && [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode)
        {
            // A machine without IPv6.
            return try await bootstrap.bind(host: "0.0.0.0", port: configuration.port).get()
        }
    }

    /// Serves until it is cancelled; then port and thread are free again.
    package func run() async {
        await withTaskCancellationHandler {
            _ = try? await listener.closeFuture.get()
        } onCancel: {
            listener.close(promise: nil)
        }
        await close()
    }

    /// Ends all connections. The second time it does nothing.
    package func close() async {
        // A thread that has ended takes no work, and says nothing of it.
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        _ = try? await listener.close()
        let loop = hub.eventLoop
        _ = try? await loop.submit { [hub] in hub.value.close() }.get()
        try? await group.shutdownGracefully()
    }
}
