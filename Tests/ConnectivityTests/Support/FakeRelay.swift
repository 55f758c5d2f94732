import NIOCore
import NIOPosix

/// Answers the first bytes of each connection with bytes of a test's choice, or not at all.
struct FakeRelay {
    private let server: any Channel
    var port: Int { server.localAddress?.port ?? 0 }

    /// - Parameter answer: Nil keeps silent; after an empty one, and after any other, the connection is closed.
    static func running(_ answer: [UInt8]?, _ body: (FakeRelay) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: TestPeer.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(FakeRelay(server: server))) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: [UInt8]?

    init(_ answer: [UInt8]?) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answer else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        context.close(promise: nil)
    }
}

/// Stands between somebody and a port, and reads what passes, both ways.
struct Tap {
    let port: Int
    let passed: GivenBytes

    private typealias Ends = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func running(before port: Int, _ body: (Tap) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: TestPeer.group)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Ends(wrappingChannelSynchronously: channel) }
            }
        let passed = GivenBytes()
        let tap = Tap(port: server.channel.localAddress?.port ?? 0, passed: passed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        try await pass(connection, to: port, passed)
                    }
                }
            }
            defer { group.cancelAll() }
            try await body(tap)
        }
    }

    private static func pass(_ near: Ends, to port: Int, _ passed: GivenBytes) async throws {
        let far = try await ClientBootstrap(group: TestPeer.group).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try Ends(wrappingChannelSynchronously: channel) }
        }
        try await near.executeThenClose { nearIn, nearOut in
            try await far.executeThenClose { farIn, farOut in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await copy(nearIn, to: farOut, passed) }
                    group.addTask { try? await copy(farIn, to: nearOut, passed) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private static func copy(
        _ incoming: NIOAsyncChannelInboundStream<ByteBuffer>, to outgoing: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ passed: GivenBytes
    ) async throws {
        for try await buffer in incoming {
            passed.append(buffer)
            try await outgoing.write(buffer)
        }
    }
}
