import NIOCore
import NIOPosix
import Wire

/// Where clients come by TCP.
enum StreamListener {
    /// Connections that the kernel completes before they are taken: few are taken at a time, so that the datagrams of those who
    /// are there already do not wait for a flood.
    private static let backlog: Int32 = 1_024
    /// Bytes that are read at once. A stream on which nothing comes holds no more than that.
    private static let readLimit = 1_024
    /// Bytes that the kernel keeps of a stream, which it doubles: a few of the longest requests.
    private static let receiveBuffer: ChannelOptions.Types.SocketOption.Value = 16 << 10
    /// Bytes that wait for a client who reads slowly: some of the longest lists. Beyond that the stream is closed.
    private static let unsent = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)

    /// Binds without taking anything yet.
    ///
    /// - Parameter accept: Called on the loop for each stream, before it is open.
    static func bind(
        host: String?, port: Int, on loop: any EventLoop, accept: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: backlog)
            // Streams of before may linger in the kernel; a port that somebody listens on is taken all the same.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            // When the other end has closed, all that the kernel has is read at once: so little is that.
            .serverChannelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readLimit))
            .childChannelOption(.writeBufferWaterMark, value: unsent)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try accept(channel) } }
        return try await ServerPort.bind(.tcp, host: host, port: port) { host in
            try await bootstrap.bind(host: host, port: port).get()
        }.0
    }

    static func begin(_ channel: any Channel) async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }
}
