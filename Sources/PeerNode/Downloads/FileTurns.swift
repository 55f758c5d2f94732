import Synchronization
package import Wire

/// How many files of a folder are fetched at a time. Those that wait for somebody let others begin meanwhile.
package final class FileTurns: Sendable {
    /// More that wait keep others from beginning.
    private static let mostWaiting = 16

    private struct State {
        var running: Set<[FileName]> = []
        /// Of those that run.
        var waiting: Set<[FileName]> = []
    }

    private let width: Int
    private let state = Mutex(State())
    /// One each time that a file begins to wait, or another is to be looked at; several that nobody has looked at are one.
    package let signs: AsyncStream<Void>
    private let sign: AsyncStream<Void>.Continuation

    /// - Parameter width: files that do not wait; at least one.
    package init(atOnce width: Int) {
        self.width = max(1, width)
        (signs, sign) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var mayBegin: Bool {
        state.withLock { $0.running.count < width + min($0.waiting.count, Self.mostWaiting) }
    }

    package var isAnyRunning: Bool { state.withLock { !$0.running.isEmpty } }

    package func begin(_ path: [FileName]) { state.withLock { _ = $0.running.insert(path) } }

    /// What is told of one that does not run is passed over.
    package func note(_ path: [FileName], isWaiting: Bool) {
        let begins = state.withLock { state in
            guard isWaiting, state.running.contains(path) else {
                state.waiting.remove(path)
                return false
            }
            return state.waiting.insert(path).inserted
        }
        if begins { sign.yield() }
    }

    /// Something else than turns has changed of what may begin.
    func look() { sign.yield() }

    package func end(_ path: [FileName]) {
        state.withLock { state in
            state.running.remove(path)
            state.waiting.remove(path)
        }
    }
}
