package import Logging
package import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Accepts links on a port of its own, over IPv4 and IPv6.
///
/// The port is there first, because one signs in with it; who may link comes with ``run(trust:_:)``, and until
/// then connections wait in the kernel's queue. What costs is bounded: connections in all (further ones wait there, too),
/// those from an address that have not said who they are, links of a member, and the time until the
/// peer has spoken.
package final class LinkListener: Sendable {
    private let server: any Channel
    private let doorkeeper: Doorkeeper
    package let port: UInt16

    private init(server: any Channel, port: UInt16, doorkeeper: Doorkeeper) {
        self.server = server
        self.port = port
        self.doorkeeper = doorkeeper
    }

    /// - Parameter port: 0 for one that the system picks.
    package static func bind(
        port: UInt16 = 0, limits: LinkLimits = LinkLimits(), group: any EventLoopGroup, logger: Logger
    ) async throws -> LinkListener {
        let doorkeeper = Doorkeeper(logger: logger)
        let bootstrap = ServerBootstrap(group: group)
            // Links of the program that had the port before may not be over in the kernel. Who listens now has it alone: what
            // dials from here shares it, but nobody could bind it together with us.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: port == 0 ? 0 : 1)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(doorkeeper))
                }
            }
            .linkOptions(limits)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try doorkeeper.welcome(channel) }
            }
        let server = try await bindDualStack(bootstrap, port: port)
        try await server.setOption(.socketOption(.sharesPort), value: 1).get()
        guard let bound = server.localAddress?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw ChannelError.unknownLocalAddress
        }
        return LinkListener(server: server, port: bound, doorkeeper: doorkeeper)
    }

    /// Where the system knows no IPv6, IPv4 alone.
    private static func bindDualStack(_ bootstrap: ServerBootstrap, port: UInt16) async throws -> any Channel {
        do {
            return try await bootstrap.bind(to: SocketAddress(ipAddress: "::", port: Int(port))).get()
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
            return try await bootstrap.bind(to: SocketAddress(ipAddress: "0.0.0.0", port: Int(port))).get()
        }
    }

    /// Serves links, each in a task of its own, until the task is cancelled; then the port is free again.
    /// Called once.
    ///
    /// - Parameter serve: sees to it that the link is closed some time, in this task or in another.
    package func run(trust: LinkTrust, _ serve: @escaping @Sendable (IncomingLink) async -> Void) async {
        let arrivals = doorkeeper.open(trust)
        server.setOption(.autoRead, value: true).whenFailure { _ in arrivals.end() }
        server.closeFuture.whenComplete { _ in arrivals.end() }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await link in arrivals.links {
                    group.addTask { await serve(link) }
                }
            }
        } onCancel: {
            server.close(promise: nil)
        }
        await close()
    }

    /// Takes a connection that we dialled because we were called for one that came in.
    func admit(_ core: LinkCore) { doorkeeper.admit(core) }

    /// Frees the port. Links that are open stay.
    package func close() async {
        server.close(promise: nil)
        _ = try? await server.closeFuture.get()
    }
}
