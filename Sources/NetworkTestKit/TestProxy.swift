import FoundationEssentials
package import NIOCore
import NIOPosix
import Synchronization

/// A proxy as it should be: SOCKS 5 and HTTP's `CONNECT` on one port, whichever it is spoken to in.
package final class TestProxy: Sendable {
    package struct Settings: Sendable {
        /// Nil where everybody may use it.
        package var user: String?
        package var password = ""
        /// Names that it knows, and the addresses of these.
        package var hosts: [String: String] = [:]
        /// Where it does not go.
        package var refused: Set<Int> = []

        package init() {}
    }

    /// What it was asked for: `host:port`, in the order of that.
    private let log: Log
    private let server: any Channel
    package let port: Int
    /// What must not go before it.
    private let kept: (any Sendable)?

    final class Log: Sendable {
        private let destinations = Mutex<[String]>([])
        private let channels = Mutex<[any Channel]>([])

        var all: [String] { destinations.withLock { $0 } }
        func note(_ destination: String) { destinations.withLock { $0.append(destination) } }
        func note(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
        func close() async {
            for channel in channels.withLock({ $0 }) { try? await channel.close() }
        }
    }

    private init(server: any Channel, log: Log, keeping kept: (any Sendable)?) {
        self.server = server
        port = server.localAddress?.port ?? 0
        self.log = log
        self.kept = kept
    }

    /// - Parameters:
    ///   - host: An address; port 0 is a free one.
    ///   - loop: On whose thread all its sockets are made.
    package static func start(
        _ settings: Settings = Settings(), host: String = "127.0.0.1", port: Int = 0,
        on loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any(), keeping kept: (any Sendable)? = nil
    ) async throws -> TestProxy {
        let log = Log()
        let server = try await loop.flatSubmit {
            ServerBootstrap(group: loop)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    log.note(channel)
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ProxyGuest(settings, log))
                    }
                }
                .bind(host: host, port: port)
        }.get()
        return TestProxy(server: server, log: log, keeping: kept)
    }

    package var destinations: [String] { log.all }

    package func close() async {
        try? await server.close()
        await log.close()
    }
}

/// Finds out where somebody wants to go, takes him there, and is gone.
private final class ProxyGuest: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case opening
        case authenticating
        case asking
        case connecting
    }

    private let settings: TestProxy.Settings
    private let log: TestProxy.Log
    private var state = State.opening
    private var received: [UInt8] = []

    init(_ settings: TestProxy.Settings, _ log: TestProxy.Log) {
        self.settings = settings
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        switch state {
        case .opening where received.first == 5: takeMethods(context)
        case .opening: takeHead(context)
        case .authenticating: takeCredentials(context)
        case .asking: takeRequest(context)
        case .connecting: break
        }
    }

    private func say(_ context: ChannelHandlerContext, _ bytes: [UInt8], closes: Bool = false) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        if closes { context.close(promise: nil) }
    }

    // MARK: SOCKS 5

    private func takeMethods(_ context: ChannelHandlerContext) {
        guard received.count >= 2, received.count >= 2 + Int(received[1]) else { return }
        let wanted: UInt8 = settings.user == nil ? 0 : 2
        guard received[2..<2 + Int(received[1])].contains(wanted) else { return say(context, [5, 0xFF], closes: true) }
        received = []
        state = wanted == 0 ? .asking : .authenticating
        say(context, [5, wanted])
    }

    private func takeCredentials(_ context: ChannelHandlerContext) {
        guard received.count >= 2, received.count >= 3 + Int(received[1]) else { return }
        let user = received[2..<2 + Int(received[1])]
        let rest = received[user.endIndex...]
        guard rest.count >= 1 + Int(received[user.endIndex]) else { return }
        let isRight =
            user.elementsEqual((settings.user ?? "").utf8) && rest.dropFirst().elementsEqual(settings.password.utf8)
        received = []
        state = .asking
        say(context, [1, isRight ? 0 : 1], closes: !isRight)
    }

    private func takeRequest(_ context: ChannelHandlerContext) {
        guard received.count >= 5 else { return }
        let length = received[3] == 1 ? 4 : received[3] == 4 ? 16 : 1 + Int(received[4])
        guard received.count >= 6 + length else { return }
        let place = received[4..<4 + length]
        let host =
            received[3] == 3
            ? String(decoding: place.dropFirst(), as: UTF8.self)
            : (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: place), port: 0))?.ipAddress ?? "?"
        let port = Int(received[4 + length]) << 8 | Int(received[5 + length])
        connect(context, to: host, port) { [5, $0, 0, 1, 0, 0, 0, 0, 0, 0] }
    }

    // MARK: CONNECT

    private func takeHead(_ context: ChannelHandlerContext) {
        let lines = String(decoding: received, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.suffix(2) == ["", ""] else { return }
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"),
            let port = Int(words[1][words[1].index(after: colon)...])
        else { return say(context, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), closes: true) }
        if let user = settings.user {
            let pair = Data("\(user):\(settings.password)".utf8).base64EncodedString()
            guard lines.contains("Proxy-Authorization: Basic \(pair)") else {
                let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"
                return say(context, Array(answer.utf8), closes: true)
            }
        }
        let host = words[1][..<colon].filter { $0 != "[" && $0 != "]" }
        connect(context, to: host, port) { code in
            let status = code == 0 ? "200 Connection established" : code == 2 ? "403 Forbidden" : "502 Bad Gateway"
            return Array("HTTP/1.1 \(status)\r\n\r\n".utf8)
        }
    }

    // MARK: The way on

    /// - Parameter answer: By SOCKS' codes.
    private func connect(
        _ context: ChannelHandlerContext, to host: String, _ port: Int, _ answer: @escaping @Sendable (UInt8) -> [UInt8]
    ) {
        state = .connecting
        log.note(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
        guard !settings.refused.contains(port) else { return say(context, answer(2), closes: true) }
        let near = context.channel
        let log = log
        ClientBootstrap(group: context.eventLoop).channelOption(.autoRead, value: false)
            .connect(host: settings.hosts[host] ?? host, port: port)
            .assumeIsolated()
            .whenComplete { result in
                guard case .success(let far) = result else {
                    near.writeAndFlush(ByteBuffer(bytes: answer(5)), promise: nil)
                    return near.close(promise: nil)
                }
                log.note(far)
                near.writeAndFlush(ByteBuffer(bytes: answer(0)), promise: nil)
                near.pipeline.syncOperations.removeHandler(self, promise: nil)
                try? near.pipeline.syncOperations.addHandler(Pump(to: far))
                try? far.pipeline.syncOperations.addHandler(Pump(to: near))
                far.setOption(.autoRead, value: true).whenFailure { _ in near.close(promise: nil) }
            }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
