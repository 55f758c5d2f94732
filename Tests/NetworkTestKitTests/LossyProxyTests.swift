import NIOCore
import NIOPosix
import NetworkTestKit
import Synchronization
import TestKit
import Testing

/// A UDP socket that keeps what comes, and sends it back where it is told to.
private final class Post: Sendable {
    private let state = Mutex<[(bytes: [UInt8], from: SocketAddress)]>([])
    private let channel: any Channel

    init(echoes: Bool = false) async throws {
        let handler = Handler(echoes: echoes)
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        handler.post.withLock { $0 = { [weak self] in self?.keep($0, $1) } }
    }

    deinit { channel.close(promise: nil) }

    private func keep(_ bytes: [UInt8], _ from: SocketAddress) { state.withLock { $0.append((bytes, from)) } }

    var received: [[UInt8]] { state.withLock { $0.map(\.bytes) } }
    var senders: [SocketAddress] { state.withLock { $0.map(\.from) } }
    var address: SocketAddress { get throws { try #require(channel.localAddress) } }

    func send(_ bytes: [UInt8], to address: SocketAddress) async throws {
        try await channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: address, data: channel.allocator.buffer(bytes: bytes)))
    }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        let post = Mutex<@Sendable ([UInt8], SocketAddress) -> Void>({ _, _ in })
        private let echoes: Bool

        init(echoes: Bool) { self.echoes = echoes }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            post.withLock { $0 }(Array(envelope.data.readableBytesView), envelope.remoteAddress)
            if echoes { context.writeAndFlush(wrapOutboundOut(envelope), promise: nil) }
        }
    }
}

private func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

@Suite(.timeLimit(.minutes(1))) struct LossyProxyTests {
    @Test func carriesBothWaysAndCounts() async throws {
        let (server, client) = (try await Post(echoes: true), try await Post())
        let proxy = try await LossyProxy.start(to: server.address)
        try await client.send([1, 2, 3], to: proxy.address)
        try await eventually("the echo") { client.received == [[1, 2, 3]] }
        #expect(server.received == [[1, 2, 3]])
        #expect(await proxy.byteCount(.toServer) == 3)
        #expect(await proxy.datagramCount(.toClient) == 1)
        #expect(await proxy.records.map(\.way) == [.toServer, .toClient])
        await proxy.replayToServer([9])
        try await eventually("the replay") { server.received.last == [9] }
        await proxy.close()
    }

    @Test func cutsRestoresAndChangesTheAddressThatTheServerSees() async throws {
        let (server, client) = (try await Post(), try await Post())
        let proxy = try await LossyProxy.start(to: server.address)
        try await client.send([1], to: proxy.address)
        try await eventually("the first") { server.received.count == 1 }
        await proxy.cut()
        try await client.send([2], to: proxy.address)
        try await eventually("the second at the proxy") { await proxy.datagramCount(.toServer) == 2 }
        await proxy.restore()
        await proxy.rebind()
        try await client.send([3], to: proxy.address)
        try await eventually("the third") { server.received.count == 2 }
        #expect(server.received == [[1], [3]])
        #expect(server.senders[0] != server.senders[1])
        await proxy.close()
    }

    @Test func doesWhatTheWeatherSays() async throws {
        let (server, client) = (try await Post(), try await Post())
        let random = SeededRandom.fresh()
        let proxy = try await LossyProxy.start(
            to: server.address, toServer: Weather(drop: 0.3, duplicate: 0.1, reorder: 0.2, corrupt: 0.05),
            random: random)
        for number in 0..<1_000 as Range<UInt16> {
            try await client.send([UInt8(number >> 8), UInt8(number & 0xFF)] + [0, 0, 0, 0], to: proxy.address)
            try await eventually("datagram \(number)") { await proxy.datagramCount(.toServer) == Int(number) + 1 }
        }
        try await Task.sleep(for: .milliseconds(100))
        let arrived = server.received
        let comment: Comment = "seed \(random.seed)"
        #expect((650...890).contains(arrived.count), comment)
        #expect((550...800).contains(Set(arrived).count), comment)
        let numbers = arrived.map { UInt16($0[0]) << 8 | UInt16($0[1]) }
        #expect(zip(numbers, numbers.dropFirst()).count { $0 > $1 } > 30, comment)
        #expect((5...80).contains(arrived.count { $0[2...].contains { $0 != 0 } }), comment)
        await proxy.close()
    }
}
