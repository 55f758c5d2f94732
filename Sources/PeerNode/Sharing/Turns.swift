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
