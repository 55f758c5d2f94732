import Synchronization

/// Who needs a node that is another program's, for as long as a short call takes. A long one, and whoever only listens, goes on
/// with the next node.
package final class Guests: Sendable {
    private struct State {
        var count = 0
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    package init() {}

    func attended<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        arrive()
        defer { depart() }
        return try await work()
    }

    private func arrive() { state.withLock { $0.count += 1 } }

    private func depart() {
        let done = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in done { continuation.finish() }
    }

    /// Returns when nobody is here, or when its task is cancelled.
    package func gone() async {
        let (end, continuation) = AsyncStream.makeStream(of: Void.self)
        let isEmpty = state.withLock { state in
            if state.count > 0 { state.waiting.append(continuation) }
            return state.count == 0
        }
        guard !isEmpty else { return }
        for await _ in end {}
    }
}
