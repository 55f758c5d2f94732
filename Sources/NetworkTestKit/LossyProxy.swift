package import NIOCore
import NIOPosix
package import TestKit

/// A UDP proxy on loopback, for one server and any number of clients, that treats datagrams as ``Weather``
/// says. Each client gets a socket of its own towards the server, so that the server sees clients apart.
///
/// All of it happens on one event loop, in the order of a seeded generator. ``close()`` ends it; sockets
/// that a test forgets go with the value.
package actor LossyProxy {
    package enum Way: Hashable, Sendable {
        case toServer
        case toClient
    }

    package struct Record: Hashable, Sendable {
        package let way: Way
        package let bytes: [UInt8]
    }

    private struct Client {
        var outgoing: (any Channel)?
        var waiting: [[UInt8]] = []
    }

    /// How many datagrams are kept for replay: the latest.
    package static let maximumRecordCount = 20_000
    private static let maximumClientCount = 20_000

    private nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    private let server: SocketAddress
    private let outgoingHost: String
    private var random: SeededRandom
    private var weather: [Way: Weather]
    private var listening: (any Channel)?
    private var clients: [SocketAddress: Client] = [:]
    private var isCut = false
    private var kept: [Record] = []
    private var bytes: [Way: Int] = [.toServer: 0, .toClient: 0]
    private var datagrams: [Way: Int] = [.toServer: 0, .toClient: 0]

    private init(server: SocketAddress, weather: [Way: Weather], random: SeededRandom, eventLoop: any EventLoop) {
        self.server = server
        self.weather = weather
        self.random = random
        self.eventLoop = eventLoop
        outgoingHost = server.protocol == .inet6 ? "::1" : "127.0.0.1"
    }

    /// Starts a proxy to a server on loopback.
    package static func start(
        to server: SocketAddress, toServer: Weather = .fair, toClient: Weather = .fair,
        random: SeededRandom = .fresh()
    ) async throws -> LossyProxy {
        let proxy = LossyProxy(
            server: server, weather: [.toServer: toServer, .toClient: toClient], random: random,
            eventLoop: MultiThreadedEventLoopGroup.singleton.any())
        try await proxy.listen()
        return proxy
    }

    deinit {
        listening?.close(promise: nil)
        for client in clients.values { client.outgoing?.close(promise: nil) }
    }

    private func listen() async throws {
        let channel = try await bind { [weak self] bytes, sender in
            self?.assumeIsolated { $0.fromClient(bytes, sender) }
        }
        listening = channel
    }

    private func bind(
        _ receive: @escaping @Sendable ([UInt8], SocketAddress) -> Void
    ) async throws -> any Channel {
        try await bindFuture(receive).get()
    }

    private func bindFuture(
        _ receive: @escaping @Sendable ([UInt8], SocketAddress) -> Void
    ) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: eventLoop)
            .channelOption(.socketOption(.so_rcvbuf), value: 1 << 22)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramReceiver(receive))
                }
            }
            .bind(host: outgoingHost, port: 0)
    }

    // MARK: What a test does with it

    /// Where clients send to.
    package var address: SocketAddress {
        get throws {
            guard let address = listening?.localAddress else { throw TestKitError.timedOut("the proxy is closed") }
            return address
        }
    }

    package func set(_ weather: Weather, _ way: Way) { self.weather[way] = weather }

    /// From now on nothing passes, either way.
    package func cut() { isCut = true }
    package func restore() { isCut = false }

    /// Every client gets another outgoing port, as after a NAT lost its mappings: the server sees new
    /// addresses, and what it sends to the old ones is lost.
    package func rebind() {
        for client in clients.keys {
            clients[client]?.outgoing?.close(promise: nil)
            clients[client] = nil
        }
    }

    /// The datagrams that came, before the weather, oldest first.
    package var records: [Record] { kept }

    /// Bytes of payload that came, before the weather.
    package func byteCount(_ way: Way) -> Int { bytes[way] ?? 0 }
    package func datagramCount(_ way: Way) -> Int { datagrams[way] ?? 0 }

    /// Sends a datagram to the server as if it came from each client (those of the latest ``rebind()``).
    package func replayToServer(_ datagram: [UInt8]) {
        for client in clients.values { client.outgoing.map { send(datagram, through: $0, to: server) } }
    }

    /// Sends a datagram to every client as if it came from the server.
    package func replayToClients(_ datagram: [UInt8]) {
        guard let listening else { return }
        for client in clients.keys { send(datagram, through: listening, to: client) }
    }

    package func close() async {
        let channels = [listening].compactMap(\.self) + clients.values.compactMap(\.outgoing)
        listening = nil
        clients = [:]
        for channel in channels { try? await channel.close() }
    }

    // MARK: Datagrams

    private func note(_ bytes: [UInt8], _ way: Way) {
        self.bytes[way, default: 0] += bytes.count
        datagrams[way, default: 0] += 1
        kept.append(Record(way: way, bytes: bytes))
        if kept.count > 2 * Self.maximumRecordCount { kept.removeFirst(Self.maximumRecordCount) }
    }

    private func fromClient(_ bytes: [UInt8], _ sender: SocketAddress) {
        note(bytes, .toServer)
        guard !isCut else { return }
        let fate = weather[.toServer, default: .fair].fate(of: bytes, using: &random)
        for copy in fate { later(copy.after) { $0.toServer(copy.bytes, from: sender) } }
    }

    private func toServer(_ bytes: [UInt8], from sender: SocketAddress) {
        guard !isCut, listening != nil else { return }
        if let client = clients[sender] {
            if let outgoing = client.outgoing {
                send(bytes, through: outgoing, to: server)
            } else if client.waiting.count < 1_000 {
                clients[sender]?.waiting.append(bytes)
            }
            return
        }
        guard clients.count < Self.maximumClientCount else { return }
        clients[sender] = Client(waiting: [bytes])
        let opened = bindFuture { [weak self] bytes, _ in
            self?.assumeIsolated { $0.fromServer(bytes, for: sender) }
        }
        opened.whenSuccess { [weak self] channel in
            guard let self else { return channel.close(promise: nil) }
            self.assumeIsolated { $0.opened(channel, for: sender) }
        }
    }

    private func opened(_ channel: any Channel, for sender: SocketAddress) {
        guard let client = clients[sender], client.outgoing == nil else { return channel.close(promise: nil) }
        clients[sender] = Client(outgoing: channel)
        for bytes in client.waiting { send(bytes, through: channel, to: server) }
    }

    private func fromServer(_ bytes: [UInt8], for client: SocketAddress) {
        note(bytes, .toClient)
        guard !isCut else { return }
        let fate = weather[.toClient, default: .fair].fate(of: bytes, using: &random)
        for copy in fate {
            later(copy.after) { proxy in
                guard !proxy.isCut, let listening = proxy.listening else { return }
                proxy.send(copy.bytes, through: listening, to: client)
            }
        }
    }

    private func later(_ milliseconds: Int64, _ action: @escaping @Sendable (isolated LossyProxy) -> Void) {
        guard milliseconds > 0 else { return action(self) }
        eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            self?.assumeIsolated { action($0) }
        }
    }

    private func send(_ bytes: [UInt8], through channel: any Channel, to address: SocketAddress) {
        channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: address, data: channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
}
