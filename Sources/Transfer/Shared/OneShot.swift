import Synchronization

/// A value that comes once, for the one who waits for it.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case full(Value)
    }

    private let state = Mutex(State.empty)

    /// Later values are dropped.
    func set(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .full: return nil
            case .empty:
                state = .full(value)
                return nil
            case .awaited(let waiter):
                state = .full(value)
                return waiter
            }
        }
        waiter?.resume(returning: value)
    }

    /// Called once. Not ended by cancellation: whoever cancels sees to it that a value comes.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state -> Value? in
                if case .full(let value) = state { return value }
                state = .awaited(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
