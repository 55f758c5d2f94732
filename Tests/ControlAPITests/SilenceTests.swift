import ControlAPI
import NIOCore
import NIOPosix
import Synchronization
import TestKit
import Testing

/// Whoever waits for a node that hangs is told so, and that it goes on.
@Suite struct SilenceTests {
    /// Takes connections and says nothing, as a program does that was stopped, until it is to go on.
    private final class Stopped: Sendable {
        let asked = Seen(0)
        private let asking = Mutex<[any Channel]>([])

        func serve(at socket: String) async throws -> any Channel {
            try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Listening { self.heard(channel) })
                    }
                }
                .bind(unixDomainSocketPath: socket).get()
        }

        private func heard(_ channel: any Channel) {
            asking.withLock { $0.append(channel) }
            asked.change { $0 += 1 }
        }

        func goOn() async {
            let body = #"{"peers":["yoda"]}"#
            for channel in asking.withLock({ $0 }) {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                // Who has gone meanwhile does not hear it.
                try? await channel.writeAndFlush(ByteBuffer(string: answer))
            }
        }
    }

    private final class Listening: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let heard: () -> Void
        init(_ heard: @escaping () -> Void) { self.heard = heard }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { heard() }
    }

    /// While somebody watches whether a node that hangs says something.
    private func whileWatching(
        _ body: (_ remote: RemoteNode, _ stopped: Stopped, _ signs: Seen<[RemoteNode.Sign]>) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.file("node.sock")
        let stopped = Stopped()
        let server = try await stopped.serve(at: socket)
        let remote = RemoteNode(socket: socket, workingFolder: "/", patience: .milliseconds(50))
        let signs = Seen<[RemoteNode.Sign]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await remote.watch(after: .milliseconds(10)) { sign in signs.change { $0.append(sign) } } }
            try await body(remote, stopped, signs)
            group.cancelAll()
        }
        await remote.leave()
        try await server.close()
    }

    @Test func whoWaitsForANodeThatHangsIsToldAndThatItGoesOn() async throws {
        try await whileWatching { remote, stopped, signs in
            async let peers = remote.activePeers()
            await signs.wait { $0 == [.silent] }
            // The call, the question whether it is there, and the one that waits.
            await stopped.asked.wait { $0 == 3 }
            await stopped.goOn()
            let told = try await peers
            #expect(told == ["yoda"])
            await signs.wait { $0 == [.silent, .answers] }
        }
    }

    /// Nobody waits for it.
    @Test func whoAsksNothingIsToldNothing() async throws {
        try await whileWatching { remote, stopped, signs in
            #expect(await remote.reception == .silent)
            #expect(signs.value == [] && stopped.asked.value == 1)
        }
    }
}
