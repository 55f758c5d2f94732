import Synchronization

/// Where tasks leave events for the one that owns the state. It takes all that came since the last time at
/// once, so that a burst costs one change of tasks. What bounds it is a ``ByteBudget``, or that those who post
/// wait for what their events lead to.
final class Mailbox<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var owner: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// False after ``close()``.
    @discardableResult
    func post(_ event: Event) -> Bool { post(CollectionOfOne(event)) }

    @discardableResult
    func post(_ events: some Collection<Event>) -> Bool {
        let (isOpen, owner) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard !state.isClosed else { return (false, nil) }
            guard !events.isEmpty else { return (true, nil) }
            state.events.append(contentsOf: events)
            defer { state.owner = nil }
            return (true, state.owner)
        }
        owner?.resume()
        return isOpen
    }

    /// Waits until there is something; only the owner may. Empty means closed. Not ended by cancellation:
    /// whoever cancels posts or closes.
    func take() async -> [Event] {
        while true {
            let (events, isClosed) = state.withLock { state in
                defer { state.events = [] }
                return (state.events, state.isClosed)
            }
            if !events.isEmpty || isClosed { return events }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.events.isEmpty || state.isClosed { return true }
                    state.owner = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// What was posted before is still taken.
    func close() {
        let owner = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            defer { state.owner = nil }
            return state.owner
        }
        owner?.resume()
    }
}
