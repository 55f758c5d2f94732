/// Lets one piece of work after the other have its turn, in the order in which they came: for work that
/// waits in the middle and must not be met half done. Part of an actor's state.
struct Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// True where the turn is free, and now taken; otherwise the caller waits.
    mutating func take() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) { waiting.append(continuation) }

    /// Passes the turn to the next one, or frees it.
    mutating func pass() {
        guard !waiting.isEmpty else {
            isTaken = false
            return
        }
        waiting.removeFirst().resume()
    }
}

/// One turn after the other of the same work, each for all who came before it began: nobody waits for more than what is
/// under way and one further turn.
actor SharedTurns {
    private enum Turn {
        /// To do, for these as well.
        case mine(CheckedContinuations)
        case done
    }

    private typealias CheckedContinuations = ArraySlice<CheckedContinuation<Turn, Never>>

    private var isTaken = false
    private var waiting: CheckedContinuations = []

    func take(_ work: () async -> Void) async {
        var others: CheckedContinuations = []
        if isTaken {
            switch await withCheckedContinuation({ waiting.append($0) }) {
            case .done: return
            case .mine(let rest): others = rest
            }
        }
        isTaken = true
        await work()
        for other in others { other.resume(returning: .done) }
        let next = waiting
        waiting = []
        // It stays taken until the next has it.
        if let first = next.first { first.resume(returning: .mine(next.dropFirst())) } else { isTaken = false }
    }
}
