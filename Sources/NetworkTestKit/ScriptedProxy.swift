import NIOCore
import NIOPosix

/// A proxy as it should not be: answers what is said to it, one after the other, with bytes of a test's choice.
package struct ScriptedProxy: Sendable {
    private let server: any Channel
    package var port: Int { server.localAddress?.port ?? 0 }

    /// - Parameters:
    ///   - answers: One for each time that something comes.
    ///   - closes: Behind the last one; at once where there is none. Otherwise it keeps silent.
    package static func running(
        _ answers: [[UInt8]], closes: Bool = false, _ body: (ScriptedProxy) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader(answers, closes: closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(ScriptedProxy(server: server))) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }
}

private final class Reader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var answers: ArraySlice<[UInt8]>
    private let closes: Bool

    init(_ answers: [[UInt8]], closes: Bool) {
        self.answers = answers[...]
        self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let answer = answers.popFirst() {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil)
        }
        if closes, answers.isEmpty { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
