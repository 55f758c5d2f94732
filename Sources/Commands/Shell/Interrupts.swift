import Synchronization

/// Takes Ctrl-C to what is running.
package final class Interrupts: Sendable {
    package enum Answer: Hashable, Sendable {
        /// The running work is cancelled now.
        case told
        /// It was cancelled before and has not ended yet.
        case toldBefore
        /// Nothing runs.
        case idle
    }

    private enum State: Sendable {
        case idle
        case running(AsyncStream<Void>.Continuation)
        case told
    }

    private enum Step<Result: Sendable>: Sendable {
        case ended(Result)
        case interrupted
    }

    private let state = Mutex(State.idle)

    package init() {}

    package func interrupt() -> Answer {
        let (answer, running): (Answer, AsyncStream<Void>.Continuation?) = state.withLock { state in
            switch state {
            case .idle: return (.idle, nil)
            case .told: return (.toldBefore, nil)
            case .running(let continuation):
                state = .told
                return (.told, continuation)
            }
        }
        running?.yield()
        return answer
    }

    /// Runs the work so that ``interrupt()`` cancels it, and returns what it comes to, cancelled or not.
    package func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0 = .running(continuation) }
        defer { state.withLock { $0 = .idle } }
        return await withTaskGroup(of: Step<Result>.self) { group in
            group.addTask { .ended(await work()) }
            group.addTask {
                for await _ in signals { break }
                return .interrupted
            }
            while true {
                let step = await group.next()
                group.cancelAll()
                if case .ended(let result) = step { return result }
            }
        }
    }
}
