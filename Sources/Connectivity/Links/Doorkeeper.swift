import Logging
import NIOCore
import Synchronization
import Wire

/// What happens to connections that come in, from the kernel's queue to the peer's 68 bytes.
final class Doorkeeper: Sendable {
    struct Arrivals: Sendable {
        let links: AsyncStream<IncomingLink>
        fileprivate let continuation: AsyncStream<IncomingLink>.Continuation

        func end() { continuation.finish() }
    }

    private let state = Mutex<(trust: LinkTrust, arrivals: AsyncStream<IncomingLink>.Continuation)?>(nil)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func open(_ trust: LinkTrust) -> Arrivals {
        let (links, continuation) = AsyncStream.makeStream(
            of: IncomingLink.self, bufferingPolicy: .bufferingOldest(trust.limits.total))
        state.withLock { $0 = (trust, continuation) }
        return Arrivals(links: links, continuation: continuation)
    }

    var registry: LinkRegistry? { state.withLock { $0?.trust.registry } }

    /// Makes a new connection's pipeline; the link arrives when the peer has said who he is and what he wants.
    func welcome(_ channel: any Channel) throws {
        guard let (trust, arrivals) = state.withLock({ $0 }) else { throw LinkFailure.closed }
        let logger = logger
        let end = trust.limits.handshakeEnd
        let reader = PrefaceReader(until: end) { preface in
            guard let preface else {
                let core = try LinkCore(
                    .accepting(), on: channel, trust: trust, path: .direct, handshakeEnd: end)
                return Self.announce(core, to: arrivals, logger)
            }
            // Whom we had called comes to us: it is our dial all the same.
            guard let member = trust.expected.member(by: preface) else { throw LinkFailure.closed }
            let core = try LinkCore(
                .dialling(member, serverName: nil), on: channel, trust: trust, path: .reverse, handshakeEnd: end)
            guard trust.expected.deliver(core, by: preface) else { throw LinkFailure.tooManyLinks }
        }
        try channel.pipeline.syncOperations.addHandler(reader)
    }

    func admit(_ core: LinkCore) {
        guard let (_, arrivals) = state.withLock({ $0 }) else { return LinkCore.cut(core.channel, .closed) }
        Self.announce(core, to: arrivals, logger)
    }

    /// The link arrives when the peer has said what he wants.
    private static func announce(
        _ core: LinkCore, to arrivals: AsyncStream<IncomingLink>.Continuation, _ logger: Logger
    ) {
        let peer = core.channel.remoteAddress.map { "\($0)" } ?? "gone"
        core.greeted.whenComplete { result in
            switch result {
            case .success(let greeting):
                if case .enqueued = arrivals.yield(IncomingLink(core: core, greeting: greeting)) { return }
                LinkCore.cut(core.channel, .tooManyLinks)
            case .failure(let failure):
                logger.debug("Link not accepted", metadata: ["peer": "\(peer)", "reason": "\(failure)"])
            }
        }
    }
}

/// Gives each connection its place before anything is done for it; while there is none, further ones wait in
/// the kernel's queue.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let doorkeeper: Doorkeeper

    init(_ doorkeeper: Doorkeeper) { self.doorkeeper = doorkeeper }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        let address = channel.remoteAddress.flatMap { Endpoint($0) }?.address ?? []
        if doorkeeper.registry?.add(channel, .accepted(address)) == true {
            context.fireChannelRead(data)
        } else {
            channel.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        let channel = context.channel
        if doorkeeper.registry?.hasRoom(orCall: { channel.read() }) == true { context.read() }
    }
}
