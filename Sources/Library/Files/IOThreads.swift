internal import Dispatch
internal import Synchronization

/// Runs work that blocks, hashing and file access, off the threads that async functions share: at most so
/// many at a time, the others in the order in which they came.
package final class IOThreads: Sendable {
    private struct State {
        var running = 0
        var nextID: UInt64 = 0
        var waiting: [(id: UInt64, work: @Sendable () -> Void)] = []
    }

    private let limit: Int
    private let queue: DispatchQueue
    private let state = Mutex(State())

    package init(limit: Int, label: String) {
        self.limit = max(1, limit)
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// Runs the body on one of the threads. When the task is cancelled, waiting work starts at once, and
    /// whatever runs is told so by the flag: it throws as soon as it looks.
    package func run<Value: Sendable>(
        _ body: @escaping @Sendable (CancellationFlag) throws -> Value
    ) async throws -> Value {
        let flag = CancellationFlag()
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                enqueue(id, isCancelled: flag) { continuation.resume(with: Result { try body(flag) }) }
            }
        } onCancel: {
            flag.set()
            let work = state.withLock { state -> (@Sendable () -> Void)? in
                guard let position = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                state.running += 1
                return state.waiting.remove(at: position).work
            }
            if let work { begin(work) }
        }
    }

    /// Runs the body some time, for nobody to wait for.
    func start(_ body: @escaping @Sendable () -> Void) { enqueue(0, isCancelled: nil, body) }

    private func enqueue(_ id: UInt64, isCancelled flag: CancellationFlag?, _ work: @escaping @Sendable () -> Void) {
        let mayBegin = state.withLock { state in
            // A task that was cancelled before it came here must not wait: nobody would start it.
            guard state.running < limit || flag?.isSet == true else {
                state.waiting.append((id, work))
                return false
            }
            state.running += 1
            return true
        }
        if mayBegin { begin(work) }
    }

    private func begin(_ work: @escaping @Sendable () -> Void) {
        queue.async {
            work()
            self.finish()
        }
    }

    private func finish() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.running <= limit, !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst().work
        }
        if let next { begin(next) }
    }
}

/// Tells work on another thread that nobody wants its result any more.
package final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var isSet: Bool { flag.load(ordering: .relaxed) }
    package func set() { flag.store(true, ordering: .relaxed) }

    /// Throws `CancellationError` once it is set.
    package func check() throws(CancellationError) { if isSet { throw CancellationError() } }
}
