import ControlAPI
import Logging
import NIOCore
import NIOPosix
import NodeControl
import Synchronization
import TestKit
import Testing

/// What was asked of a node that ends goes on with the one that has its place.
@Suite struct SuccessionTests {
    private static let request = DownloadRequest(name: "a", directory: "/here")
    private static let done = DownloadOutcome.completed(name: "a", path: "/here/a", size: 3, files: nil, sources: [])

    private let directory: TemporaryDirectory
    private var socket: String { directory.file("node.sock") }

    init() throws { directory = try TemporaryDirectory() }

    private static func serve(_ node: ScriptedNode, at socket: String, ready: @escaping @Sendable () -> Void) async {
        let server = ControlServer(
            node: node, configuration: ControlServer.Configuration(version: "", home: nil, downloads: "/") { _ in nil },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try? await server.serve(socket: socket) { ready() }
    }

    /// Nodes that serve one after the other: each ends when the next one is wanted, or when it is told to.
    private func with(
        _ scripts: [ScriptedNode.Script],
        _ body: (RemoteNode, [ScriptedNode], _ end: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        let nodes = scripts.map { ScriptedNode($0) }
        let (wishes, wish) = AsyncStream.makeStream(of: AsyncStream<Void>.Continuation.self)
        let ends = nodes.map { _ in AsyncStream.makeStream(of: Void.self) }
        let renew = { @Sendable () async throws(NodeFailure) in
            let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
            wish.yield(beginning)
            for await _ in begun { return }
            throw .nodeAway
        }
        let remote = RemoteNode(socket: socket, workingFolder: "/here", renew: renew)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [socket] in
                var coming = Array(zip(nodes, ends))
                for await beginning in wishes {
                    guard !coming.isEmpty else {
                        beginning.finish()
                        continue
                    }
                    let (node, end) = coming.removeFirst()
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask {
                            await Self.serve(node, at: socket) {
                                beginning.yield()
                                beginning.finish()
                            }
                        }
                        group.addTask { for await _ in end.stream {} }
                        await group.next()
                        group.cancelAll()
                    }
                }
            }
            let current = Mutex(0)
            try await body(remote, nodes) {
                let number = current.withLock { number in
                    defer { number += 1 }
                    return number
                }
                ends[number].continuation.finish()
            }
            group.cancelAll()
        }
        await remote.leave()
    }

    @Test func aDownloadGoesOnWithTheNextNode() async throws {
        try await with([.init(downloadsHang: true), .init(download: .success(Self.done))]) { remote, nodes, end in
            // Nobody is there at first, and nothing was heard.
            async let outcome = remote.download(Self.request) { _ in }
            for await _ in nodes[0].downloads { break }
            end()
            let told = try await outcome
            #expect(told == Self.done)
            #expect(nodes[0].questions == ["download a - /here waiting"])
            #expect(nodes[1].questions == ["download a - /here waiting"])
        }
    }

    /// What its user does with it between the two holds, and only then.
    @Test func whatHadBegunIsSaidToGoOn() async throws {
        var first = ScriptedNode.Script(downloadsHang: true)
        first.progress = [
            NodeProgress(activity: .downloading, name: "a", done: 1, total: 3, rate: nil, sources: 1)
        ]
        try await with([first, .init(download: .success(Self.done))]) { remote, nodes, end in
            let (steps, step) = AsyncStream.makeStream(of: Void.self)
            async let outcome = remote.download(Self.request) { _ in step.finish() }
            for await _ in steps {}
            end()
            let told = try await outcome
            #expect(told == Self.done)
            #expect(nodes[1].questions == ["download a - /here waiting continued"])
        }
    }

    /// Its own interruption of all that goes on in it is not its user's.
    @Test func aNodeThatLeavesHasEnded() async throws {
        var leaving = ScriptedNode.Script(peers: .failure(.notSignedIn), download: .failure(.cancelled))
        leaving.leaving = .notSignedIn
        try await Interface.with(leaving) { interface in
            await #expect(throws: NodeFailure.nodeAway) { try await interface.remote.download(Self.request) { _ in } }
            await #expect(throws: NodeFailure.nodeAway) { try await interface.remote.activePeers() }
        }
    }

    /// A question is asked of the next one; what changes something may have been done, which is said.
    @Test func whatIsUnderWayAtANodeThatLeavesIsNotInterrupted() async throws {
        var leaving = ScriptedNode.Script(
            peers: .failure(.cancelled), unpublication: .cancelled, change: .failure(.cancelled))
        leaving.leaving = .notSignedIn
        try await Interface.with(leaving) { interface in
            let renewals = Seen(0)
            let remote = RemoteNode(socket: interface.socket, workingFolder: "/") { () throws(NodeFailure) in
                renewals.change { $0 += 1 }
                throw .serverAway(address: "x")
            }
            await #expect(throws: NodeFailure.nodeLeft) { try await remote.unpublish(name: "a") }
            await #expect(throws: NodeFailure.nodeLeft) { try await remote.change(transfer: "1", .pause) }
            #expect(renewals.value == 0)
            await #expect(throws: NodeFailure.serverAway(address: "x")) { try await remote.activePeers() }
            #expect(renewals.value == 1)
            await remote.leave()
            await #expect(throws: NodeFailure.nodeAway) { try await interface.remote.activePeers() }
        }
    }

    @Test(arguments: [nil, NodeFailure.expelled]) func whatItsUserStoppedIsStopped(why: NodeFailure?) async throws {
        var script = ScriptedNode.Script(download: .failure(.cancelled))
        script.leaving = why
        try await with([script, .init()]) { remote, nodes, _ in
            await #expect(throws: NodeFailure.cancelled) { try await remote.download(Self.request) { _ in } }
            #expect(nodes[1].questions.isEmpty)
        }
    }

    @Test func whatNobodyHeardIsAskedOfTheNextNode() async throws {
        try await with([.init()]) { remote, nodes, _ in
            try await remote.unpublish(name: "a")
            #expect(nodes[0].questions == ["unpublish a"])
        }
    }

    /// It may have been done: who asked decides.
    @Test func whatMayHaveBeenHeardIsNotAskedTwice() async throws {
        let deaf = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(HangingUp()) }
            }
            .bind(unixDomainSocketPath: socket).get()
        let renewals = Mutex(0)
        let remote = RemoteNode(socket: socket, workingFolder: "/") { () throws(NodeFailure) in
            renewals.withLock { $0 += 1 }
            throw .serverAway(address: "x")
        }
        await #expect(throws: NodeFailure.nodeLeft) { try await remote.unpublish(name: "a") }
        #expect(renewals.withLock { $0 } == 0)
        await #expect(throws: NodeFailure.serverAway(address: "x")) { try await remote.activePeers() }
        #expect(renewals.withLock { $0 } == 1)
        await remote.leave()
        try await deaf.close()
    }

    private final class HangingUp: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }
    }
}
