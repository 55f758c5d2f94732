import FoundationEssentials
import Glibc
package import NIOCore
import NIOPosix
package import Proxies
package import Wire

/// Greets a server, as whoever opens a session does, to see whether and how fast it answers: without a session, and without
/// being believed.
package struct LineExamination: Sendable {
    /// Over UDP, each from a socket of its own; and the time between two.
    private static let greetings = 10
    private static let pause = Duration.milliseconds(50)
    private static let patience = TimeAmount.milliseconds(2_000)

    private let group: any EventLoopGroup
    private let pin: NetworkPin?

    /// - Parameter pin: The network that is meant; nil for whichever.
    package init(pin: NetworkPin?, group: any EventLoopGroup) {
        self.pin = pin
        self.group = group
    }

    /// Over UDP.
    package func datagrams(to address: SocketAddress) async -> LineReport {
        let outcomes = await withTaskGroup(of: (LineReport.Outcome, Int64).self) { group in
            for number in 0..<Self.greetings {
                group.addTask {
                    do { try await Task.sleep(for: Self.pause * number) } catch { return (.silent, 0) }
                    return await self.greet(.udp) { self.connect(address, .udp, $0, on: $1) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return LineReport(.udp, address, outcomes)
    }

    /// Over TCP, where a server's may be: under the same number, or elsewhere by its operator's wish.
    package func streams(to server: SocketAddress) async -> [LineReport] {
        await withTaskGroup(of: LineReport.self) { group in
            for address in StreamPath.addresses(of: server) {
                group.addTask {
                    LineReport(.tcp, address, [await self.greet(.tcp) { self.connect(address, .tcp, $0, on: $1) }])
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// By TCP as a proxy leads there: the better of the ports where a server's may be. Nil where none is asked for it.
    package func stream(to server: HostPort, by proxies: ProxyRules) async -> ProxiedLine? {
        let lines = await withTaskGroup(of: ProxiedLine?.self) { group in
            for port in StreamPath.ports(of: server.port) {
                guard let place = try? HostPort(host: server.host, port: port),
                    let proxy = proxies.proxy(to: ProxyDestination(place))
                else { continue }
                group.addTask { await self.stream(to: ProxyDestination(place), through: proxy) }
            }
            return await group.reduce(into: [ProxiedLine]()) { lines, line in if let line { lines.append(line) } }
        }
        return lines.first { $0.outcome.isAnswer } ?? lines.first { $0.port == Int(server.port) }
    }

    private func stream(to destination: ProxyDestination, through proxy: Proxy) async -> ProxiedLine {
        let (outcome, time): (LineReport.Outcome, Int64)
        do throws(ProxyFailure) {
            let located = try await proxy.located(destination, on: group.next(), within: Self.patience)
            // First the proxy has its time, then the server.
            (outcome, time) = await greet(.tcp, within: Self.patience + Self.patience) {
                self.connect(located, through: proxy, $0, on: $1)
            }
        } catch {
            (outcome, time) = (.proxyFailed(error), 0)
        }
        return ProxiedLine(port: Int(destination.port), outcome: outcome, milliseconds: time)
    }

    private func greet(
        _ transport: Transport, within patience: TimeAmount = LineExamination.patience,
        _ connect: (EventLoopPromise<LineReport.Outcome>, any EventLoop) -> EventLoopFuture<any Channel>
    ) async -> (LineReport.Outcome, Int64) {
        let loop = group.next()
        let promise = loop.makePromise(of: LineReport.Outcome.self)
        let began = DirectoryClient.now
        let channel = connect(promise, loop)
        let limit = loop.scheduleTask(in: patience) {
            // Over TCP somebody is there who took the connection.
            channel.whenComplete { result in
                if case .success = result, transport == .tcp { promise.succeed(.mute) }
            }
            promise.succeed(.silent)
        }
        channel.whenFailure { promise.succeed(Self.outcome(of: $0)) }
        let outcome = await withTaskCancellationHandler {
            (try? await promise.futureResult.get()) ?? .silent
        } onCancel: {
            promise.succeed(.silent)
        }
        limit.cancel()
        channel.whenSuccess { $0.close(promise: nil) }
        return (outcome, DirectoryClient.now - began)
    }

    private func connect(
        _ address: SocketAddress, _ transport: Transport, _ promise: EventLoopPromise<LineReport.Outcome>,
        on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let prepare: @Sendable (any Channel) -> EventLoopFuture<Void> = { [pin] channel in
            channel.eventLoop.makeCompletedFuture {
                if transport == .udp { try channel.pipeline.syncOperations.addHandler(DatagramUnwrapper()) }
                try channel.pipeline.syncOperations.addHandler(GreetingHandler(pin: pin, transport, promise))
            }
        }
        return switch transport {
        case .udp: DatagramBootstrap(group: loop).channelInitializer(prepare).connect(to: address)
        case .tcp:
            ClientBootstrap(group: loop).connectTimeout(Self.patience).channelInitializer(prepare).connect(to: address)
        }
    }

    private func connect(
        _ destination: ProxyDestination, through proxy: Proxy, _ promise: EventLoopPromise<LineReport.Outcome>,
        on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop).connectTimeout(Self.patience)
            .channelInitializer { [pin] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GreetingHandler(pin: pin, .tcp, promise))
                    try proxy.lead(channel, to: destination, within: Self.patience)
                }
            }
            .connect(host: proxy.place.host, port: Int(proxy.place.port))
            .flatMapErrorThrowing { throw $0 as? ProxyFailure ?? ProxyFailure(proxy, connecting: $0) }
    }

    fileprivate static func outcome(of error: any Error) -> LineReport.Outcome {
        if let failure = error as? ProxyFailure { return .proxyFailed(failure) }
        return switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED, ECONNRESET: .refused
        case ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT, EADDRNOTAVAIL, EINVAL, EPERM: .noRoute
        default: .silent
        }
    }
}

private final class DatagramUnwrapper: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(wrapInboundOut(unwrapInboundIn(data).data))
    }
}

/// Sends a greeting, and judges what comes back.
private final class GreetingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let transport: Transport
    private let promise: EventLoopPromise<LineReport.Outcome>
    private var handshake: ClientHandshake
    private var frames = StreamFrames()

    init(pin: NetworkPin?, _ transport: Transport, _ promise: EventLoopPromise<LineReport.Outcome>) {
        handshake = ClientHandshake(pin: pin)
        self.transport = transport
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let hello = handshake.datagramsToSend.first else { return }
        switch transport {
        case .udp: context.channel.writeAndFlush(context.channel.allocator.buffer(bytes: hello), promise: nil)
        case .tcp: StreamPath.send(hello, through: context.channel)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch transport {
        case .udp: take(Array(bytes.readableBytesView))
        case .tcp:
            frames.append(bytes)
            do {
                while let datagram = try frames.next() { take(Array(datagram.readableBytesView)) }
            } catch {
                promise.succeed(.foreign)
            }
        }
    }

    private func take(_ datagram: [UInt8]) {
        guard DatagramKind(of: datagram) != nil else { return promise.succeed(.foreign) }
        do {
            let now = Int64(Date().timeIntervalSince1970 * 1_000)
            guard case .sendAgain = try handshake.receive(datagram, now: now) else {
                // The first of two pages.
                return promise.succeed(.answered)
            }
        } catch let failure as HandshakeFailure {
            switch failure {
            case .wrongPin(let expected, let found):
                return promise.succeed(.wrongPin(expected: expected, found: found))
            case .clockFarOff(let here, let there): return promise.succeed(.clockFarOff(here: here, there: there))
            case .otherVersion: return promise.succeed(.otherVersion)
            }
        } catch {
            return promise.succeed(.foreign)
        }
        promise.succeed(.answered)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isForeign = transport == .tcp && !(error is ProxyFailure)
        promise.succeed(isForeign ? .foreign : LineExamination.outcome(of: error))
    }

    /// Whoever takes a greeting and hangs up is no server of this protocol.
    func channelInactive(context: ChannelHandlerContext) {
        if transport == .tcp { promise.succeed(.foreign) }
        context.fireChannelInactive()
    }
}
