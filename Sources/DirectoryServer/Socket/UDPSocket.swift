import NIOCore
import NIOPosix
import Wire

/// Binds the server's port.
enum UDPSocket {
    /// Datagrams that one system call takes; the receive buffer is divided among them.
    private static let batch = 64
    private static let slot = 2_048
    /// Bytes that the kernel may hold for us either way: a quarter of a second of a busy server.
    private static let kernelBuffer: SocketOptionValue = 4 << 20
    /// Bytes that wait in the process when the kernel takes no more, before datagrams are dropped.
    private static let outbound = ChannelOptions.Types.WriteBufferWaterMark(low: 1 << 20, high: 4 << 20)

    /// Binds a socket for each loop. The kernel gives what comes from one address always to the same of them.
    ///
    /// - Parameters:
    ///   - host: An address of this machine; nil for all, of IPv6 and IPv4.
    ///   - prepare: Called on each channel's loop, with its number, before anything is received.
    static func bind(
        host: String?, port: Int, on loops: [any EventLoop],
        prepare: @escaping @Sendable (any Channel, Int) throws -> Void
    ) async throws -> [any Channel] {
        let firstBootstrap = bootstrap(on: loops[0]) { try prepare($0, 0) }
        let (first, host) = try await ServerPort.bind(.udp, host: host, port: port) { host in
            try await firstBootstrap.bind(host: host, port: port).get()
        }
        guard loops.count > 1 else { return [first] }
        var channels = [first]
        do {
            // Only now: with it from the beginning, two servers could take the same port.
            try await first.setOption(.socketOption(.sharesPort), value: 1).get()
            let port = first.localAddress?.port ?? port
            for (number, loop) in loops.enumerated().dropFirst() {
                let bootstrap = bootstrap(on: loop) { try prepare($0, number) }
                    .channelOption(.socketOption(.sharesPort), value: 1)
                channels.append(try await bootstrap.bind(host: host, port: port).get())
            }
        } catch {
            for channel in channels { try? await channel.close() }
            throw StartFailure(error, .udp, host: host, port: port)
        }
        return channels
    }

    private static func bootstrap(
        on loop: any EventLoop, _ prepare: @escaping @Sendable (any Channel) throws -> Void
    ) -> DatagramBootstrap {
        DatagramBootstrap(group: loop)
            .channelOption(.datagramVectorReadMessageCount, value: batch)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: batch * slot))
            .channelOption(.writeBufferWaterMark, value: outbound)
            .channelOption(.socketOption(.so_rcvbuf), value: kernelBuffer)
            .channelOption(.socketOption(.so_sndbuf), value: kernelBuffer)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try prepare(channel) } }
    }
}
