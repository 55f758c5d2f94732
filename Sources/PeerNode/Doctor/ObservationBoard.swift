import Synchronization

/// Where those who look at the same time write down what they see.
final class ObservationBoard: Sendable {
    private let state: Mutex<(seen: Observations, underWay: [String])>

    init(_ start: Observations) { state = Mutex((start, [])) }

    func note(_ change: (inout Observations) -> Void) { state.withLock { change(&$0.seen) } }

    /// - Parameter what: is looked at, in words: told where it is not done in time.
    func looking(at what: String, _ body: () async -> Void) async {
        state.withLock { $0.underWay.append(what) }
        await body()
        guard !Task.isCancelled else { return }
        state.withLock { state in state.underWay.removeAll { $0 == what } }
    }

    /// As of now.
    var seen: Observations {
        state.withLock { state in
            var seen = state.seen
            seen.unfinished = state.underWay
            return seen
        }
    }
}
