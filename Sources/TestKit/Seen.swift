import Synchronization

/// A place for what a callback saw, whose changes can be awaited.
package final class Seen<Value: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0

        mutating func takeMet() -> [Waiter] {
            let met = waiters.filter { $0.value.isMet(value) }
            for id in met.keys { waiters[id] = nil }
            return Array(met.values)
        }
    }

    private let state: Mutex<State>

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    package func set(_ value: Value) { change { $0 = value } }

    @discardableResult
    package func change<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        let (result, met) = state.withLock { state in
            let result = body(&state.value)
            return (result, state.takeMet())
        }
        for waiter in met { waiter.continuation.resume() }
        return result
    }

    /// Returns as soon as the value is so, and at once when the task is cancelled.
    package func wait(until isMet: @escaping @Sendable (Value) -> Bool) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !Task.isCancelled, !isMet(state.value) else { return false }
                    state.waiters[id] = Waiter(isMet: isMet, continuation: continuation)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
