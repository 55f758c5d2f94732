import Dispatch
import Synchronization

/// A thread for calls of C that wait, one after the other. Whoever asked does not wait for it longer than he wants to.
final class RouterThread: Sendable {
    private let queue = DispatchQueue(label: "bittrickle.router")

    /// Asked between two steps: whether anybody still waits for the end.
    final class StopSign: Sendable {
        private enum State {
            case waiting(CheckedContinuation<MappingOutcome, Never>?)
            case over
        }

        private let state = Mutex(State.waiting(nil))

        var isUp: Bool { state.withLock { if case .over = $0 { true } else { false } } }

        fileprivate func wait(_ continuation: CheckedContinuation<MappingOutcome, Never>) -> Bool {
            let isOver = state.withLock { state in
                guard case .waiting = state else { return true }
                state = .waiting(continuation)
                return false
            }
            if isOver { continuation.resume(returning: .unanswered) }
            return !isOver
        }

        fileprivate func finish(_ outcome: MappingOutcome) {
            let waiter: CheckedContinuation<MappingOutcome, Never>? = state.withLock { state in
                defer { state = .over }
                guard case .waiting(let waiter) = state else { return nil }
                return waiter
            }
            waiter?.resume(returning: outcome)
        }
    }

    /// Returns at once when the task is cancelled; the body notices at its next step, and then ends without doing more.
    func perform(_ body: @escaping @Sendable (StopSign) -> MappingOutcome) async -> MappingOutcome {
        let sign = StopSign()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard sign.wait(continuation) else { return }
                queue.async {
                    // Whatever waited behind a slow one is not begun any more.
                    if !sign.isUp { sign.finish(body(sign)) }
                }
            }
        } onCancel: {
            sign.finish(.unanswered)
        }
    }
}
