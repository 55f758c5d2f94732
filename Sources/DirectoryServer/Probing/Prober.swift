import Directory
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Tries what members want to know of themselves, each for a moment and few at a time.
final class Prober: Probing {
    private static let patience = TimeAmount.seconds(3)
    /// Requests at a time: dials, and open ports.
    private static let dialLimit = 16
    private static let crossingLimit = 32

    private let host: String?
    private let loop: any EventLoop
    private let underWay = Mutex((dials: 0, crossings: 0))

    /// - Parameter host: On which address the server listens; nil for all.
    init(host: String?, loop: any EventLoop) {
        self.host = host
        self.loop = loop
    }

    func dial(_ endpoints: [Endpoint]) async -> [DialledBack]? {
        guard begin(\.dials, of: Self.dialLimit) else { return nil }
        defer { underWay.withLock { $0.dials -= 1 } }
        return await withTaskGroup(of: DialledBack.self) { group in
            for endpoint in endpoints { group.addTask { await self.dial(endpoint) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func dial(_ endpoint: Endpoint) async -> DialledBack {
        guard let address = endpoint.socketAddress else { return DialledBack(endpoint, .silent) }
        do {
            let channel = try await ClientBootstrap(group: loop).connectTimeout(Self.patience)
                .connect(to: address).get()
            // Whoever waits for the outcome does not wait for that.
            channel.close(promise: nil)
            return DialledBack(endpoint, .open)
        } catch {
            let isRefused = (error as? IOError)?.errnoCode == ECONNREFUSED
            return DialledBack(endpoint, isRefused ? .refused : .silent)
        }
    }

    func cross(_ id: KnockID, to endpoint: Endpoint) async -> UInt16? {
        guard begin(\.crossings, of: Self.crossingLimit) else { return nil }
        do {
            let bootstrap = DatagramBootstrap(group: loop).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CrossingHandler(id, to: endpoint))
                }
            }
            let (channel, _) = try await ServerPort.bind(.udp, host: host, port: 0) { host in
                try await bootstrap.bind(host: host, port: 0).get()
            }
            channel.closeFuture.whenComplete { _ in self.underWay.withLock { $0.crossings -= 1 } }
            return channel.localAddress?.port.flatMap { UInt16(exactly: $0) }
        } catch {
            underWay.withLock { $0.crossings -= 1 }
            return nil
        }
    }

    private func begin(_ count: WritableKeyPath<(dials: Int, crossings: Int), Int>, of limit: Int) -> Bool {
        underWay.withLock { underWay in
            guard underWay[keyPath: count] < limit else { return false }
            underWay[keyPath: count] += 1
            return true
        }
    }
}

/// A port that is open for some seconds: knocks some times, as datagrams get lost, and says to few who know the look's
/// name as whom it sees them.
private final class CrossingHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private static let lifetime = TimeAmount.seconds(4)
    private static let knocks: [TimeAmount] = [.zero, .milliseconds(150), .milliseconds(400)]
    private static let answerLimit = 8

    private let id: KnockID
    private let endpoint: Endpoint
    private var answered = 0

    init(_ id: KnockID, to endpoint: Endpoint) {
        self.id = id
        self.endpoint = endpoint
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        for delay in Self.knocks {
            context.eventLoop.scheduleTask(in: delay) {
                let (handler, context) = bound.value
                handler.send(.knock(handler.id), to: handler.endpoint.socketAddress, context)
            }
        }
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.lifetime) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard answered < Self.answerLimit, case .ask(id)? = Knock(Array(envelope.data.readableBytesView)),
            let seen = Endpoint(envelope.remoteAddress)
        else { return }
        answered += 1
        send(.seen(id, seen), to: envelope.remoteAddress, context)
    }

    /// Nobody there: that is what it is to find out.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    private func send(_ knock: Knock, to address: SocketAddress?, _ context: ChannelHandlerContext) {
        guard context.channel.isActive, let address = address.map({ fit($0, context) }) else { return }
        let data = context.channel.allocator.buffer(bytes: knock.encoded)
        context.writeAndFlush(wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: data)), promise: nil)
    }

    /// A socket of IPv6 sends to IPv4 by a mapped address (RFC 4291 §2.5.5.2).
    private func fit(_ address: SocketAddress, _ context: ChannelHandlerContext) -> SocketAddress {
        guard context.channel.localAddress?.protocol == .inet6, case .v4 = address, let text = address.ipAddress,
            let mapped = try? SocketAddress(ipAddress: "::ffff:\(text)", port: address.port ?? 0)
        else { return address }
        return mapped
    }
}
