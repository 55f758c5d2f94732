package import Logging
package import NIOCore
import NIOPosix
import Wire

/// Accepts links on a port of its own, over IPv4 and IPv6.
///
/// What costs is bounded: connections in all (no more are accepted until one ends), those from an
/// address that have not said who they are, links of a member, and the time until the peer has spoken.
package final class LinkListener: Sendable {
    private let trust: LinkTrust
    private let server: any Channel
    private let incoming: AsyncStream<IncomingLink>
    private let logger: Logger
    package let port: UInt16

    private init(
        trust: LinkTrust, server: any Channel, port: UInt16, incoming: AsyncStream<IncomingLink>, logger: Logger
    ) {
        self.trust = trust
        self.server = server
        self.port = port
        self.incoming = incoming
        self.logger = logger
    }

    /// Binds. Nothing is handed out until ``run(_:)``.
    ///
    /// - Parameter port: 0 for one that the system picks.
    package static func bind(
        trust: LinkTrust, port: UInt16 = 0, group: any EventLoopGroup, logger: Logger
    ) async throws -> LinkListener {
        let (incoming, arrivals) = AsyncStream.makeStream(
            of: IncomingLink.self, bufferingPolicy: .bufferingOldest(trust.limits.total))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(registry: trust.registry))
                }
            }
            .linkOptions(trust.limits)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.accept(channel, trust: trust, arrivals: arrivals, logger: logger)
                }
            }
        let server = try await bindDualStack(bootstrap, port: port)
        server.closeFuture.whenComplete { _ in arrivals.finish() }
        guard let bound = server.localAddress?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw ChannelError.unknownLocalAddress
        }
        return LinkListener(trust: trust, server: server, port: bound, incoming: incoming, logger: logger)
    }

    /// Where the system knows no IPv6, IPv4 alone.
    private static func bindDualStack(_ bootstrap: ServerBootstrap, port: UInt16) async throws -> any Channel {
        do {
            return try await bootstrap.bind(host: "::", port: Int(port)).get()
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
            return try await bootstrap.bind(host: "0.0.0.0", port: Int(port)).get()
        }
    }

    private static func accept(
        _ channel: any Channel, trust: LinkTrust, arrivals: AsyncStream<IncomingLink>.Continuation, logger: Logger
    ) throws {
        let peer = channel.remoteAddress.map { "\($0)" } ?? "gone"
        let core = try LinkCore(.accepting, on: channel, trust: trust)
        core.greeted.whenComplete { result in
            switch result {
            case .success(let greeting):
                let link = IncomingLink(core: core, greeting: greeting)
                if case .enqueued = arrivals.yield(link) { return }
                LinkCore.cut(channel, .tooManyLinks)
            case .failure(let failure):
                logger.debug(
                    "Link not accepted",
                    metadata: ["peer": "\(peer)", "reason": "\(failure)"])
            }
        }
    }

    /// Serves links, each in a task of its own, until the task is cancelled; then the port is free again.
    ///
    /// - Parameter serve: the link is closed when it returns.
    package func run(_ serve: @escaping @Sendable (IncomingLink) async -> Void) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await link in incoming {
                    group.addTask {
                        await serve(link)
                        await link.refuse()
                    }
                }
            }
        } onCancel: {
            server.close(promise: nil)
        }
        await close()
    }

    /// Frees the port. Links that are open stay.
    package func close() async {
        server.close(promise: nil)
        _ = try? await server.closeFuture.get()
    }
}

/// Gives each connection its place before anything is done for it; while there is none, further ones wait in
/// the kernel's queue.
private final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let registry: LinkRegistry

    init(registry: LinkRegistry) { self.registry = registry }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        let address = channel.remoteAddress.flatMap { Endpoint($0) }?.address ?? []
        if registry.add(channel, .accepted(address)) {
            context.fireChannelRead(data)
        } else {
            channel.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        let channel = context.channel
        if registry.hasRoom(orCall: { channel.read() }) { context.read() }
    }
}
