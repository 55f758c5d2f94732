import DirectoryServer
import NodeControl
import PeerNode
import Synchronization
import TestKit

/// Somebody who waits for the end of a download, until he is interrupted.
final class Waiter: Sendable {
    private struct State {
        var said: [NodeProgress] = []
        var outcome: Result<DownloadOutcome, NodeFailure>?
    }

    private let request: DownloadRequest
    private let node: TestNode
    private let state = Mutex(State())
    private let stops: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    convenience init(_ name: String, _ node: TestNode) {
        self.init(DownloadRequest(name: name, directory: node.home.path), node)
    }

    init(_ request: DownloadRequest, _ node: TestNode) {
        self.request = request
        self.node = node
        (stops, stop) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var name: String { request.name }
    var said: [NodeProgress] { state.withLock { $0.said } }
    /// Nil while it goes on.
    var outcome: Result<DownloadOutcome, NodeFailure>? { state.withLock { $0.outcome } }

    func interrupt() { stop.yield() }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.get() }
            group.addTask { for await _ in self.stops { return } }
            await group.next()
            group.cancelAll()
        }
    }

    private func get() async {
        let outcome: Result<DownloadOutcome, NodeFailure>
        do throws(NodeFailure) {
            outcome = .success(
                try await node.node.download(request) { step in self.state.withLock { $0.said.append(step) } })
        } catch {
            outcome = .failure(error)
        }
        state.withLock { $0.outcome = outcome }
    }
}

extension TestNetwork {
    /// Two gets of vader wait for the same file `a` of hans, which comes slowly; until both are over.
    func whileTwoWait(
        for bytes: [UInt8], _ body: (_ vader: TestNode, _ gets: [Waiter]) async throws -> Void
    ) async throws {
        try await running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let vader = nodes[1]
                try await nodes[0].publish("a", bytes)
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let gets = [Waiter("a", vader), Waiter("a", vader)]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for get in gets { group.addTask { await get.run() } }
                    try await eventually("both see it come") {
                        gets.allSatisfy { get in get.said.contains { $0.done > 0 } }
                    }
                    try await body(vader, gets)
                    try await group.waitForAll()
                }
            }
        }
    }
}
