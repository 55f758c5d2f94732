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

    let name: String
    private let node: TestNode
    private let state = Mutex(State())
    private let stops: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    init(_ name: String, _ node: TestNode) {
        self.name = name
        self.node = node
        (stops, stop) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

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
        let request = DownloadRequest(name: name, directory: node.home.path)
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
