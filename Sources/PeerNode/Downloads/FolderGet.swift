import NodeControl
import Synchronization

/// A get of a folder that others share: it goes file by file, and is stopped at a word.
final class FolderGet: Sendable {
    /// As it is published.
    let name: String
    let owner: String
    /// Where it comes.
    let path: String
    private let why = Mutex<NodeFailure?>(nil)
    private let (stops, stopping) = AsyncStream.makeStream(of: Void.self)
    private let (ends, ending) = AsyncStream.makeStream(of: Void.self)

    init(name: String, owner: String, path: String) {
        self.name = name
        self.owner = owner
        self.path = path
    }

    /// - Parameter failure: What it comes to; the first one counts.
    func stop(_ failure: NodeFailure) {
        why.withLock { $0 = $0 ?? failure }
        stopping.finish()
    }

    /// Does the work, cancelled by ``stop(_:)``.
    func perform(
        _ work: @escaping @Sendable () async throws(NodeFailure) -> DownloadOutcome
    ) async throws(NodeFailure) -> DownloadOutcome {
        defer { ending.finish() }
        let outcome = await withTaskGroup(of: Result<DownloadOutcome, NodeFailure>?.self) { group in
            group.addTask {
                do throws(NodeFailure) { return .success(try await work()) } catch { return .failure(error) }
            }
            group.addTask {
                for await _ in self.stops {}
                return nil
            }
            while true {
                let step = await group.next()
                group.cancelAll()
                if case .some(.some(let outcome)) = step { return outcome }
            }
        }
        if case .failure = outcome, let why = why.withLock({ $0 }) { throw why }
        return try outcome.get()
    }

    /// Returns when it is over, or the task is cancelled.
    func isOver() async { for await _ in ends {} }
}
