import Synchronization

/// The calls that wait for another program's node, and since when it has said nothing.
final class OpenCalls: Sendable {
    private struct State {
        var count = 0
        var heard = ContinuousClock.now
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    func attended<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.count += 1
            state.heard = .now
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
        defer {
            state.withLock { state in
                state.count -= 1
                state.heard = .now
            }
        }
        return try await work()
    }

    func hear() { state.withLock { $0.heard = .now } }

    /// Returns when one waits and nothing was heard for that long, or when its task is cancelled.
    func areLeftWithoutAWord(for time: Duration) async {
        while !Task.isCancelled {
            let (calls, continuation) = AsyncStream.makeStream(of: Void.self)
            let heard = state.withLock { state -> ContinuousClock.Instant? in
                if state.count == 0 { state.waiting.append(continuation) }
                return state.count == 0 ? nil : state.heard
            }
            guard let heard else {
                for await _ in calls {}
                continue
            }
            guard heard.duration(to: .now) < time else { return }
            do { try await Task.sleep(until: heard + time) } catch { return }
        }
    }
}
