package import Connectivity
import Synchronization
package import Wire

/// Links ended because somebody is elsewhere.
package struct Move: Hashable, Sendable {
    /// This node is, and not a member whom it was linked with.
    package let isOwn: Bool
    /// Whose links ended, which says nothing against them.
    package let ended: Set<UserName>

    package init(isOwn: Bool, ended: Set<UserName>) {
        self.isOwn = isOwn
        self.ended = ended
    }

    /// Of this node. Nil where others are reached as before, as where a machine within this computer comes or goes with its
    /// address; and where nobody is reached, as there is another movement when that is over.
    package init?(_ movement: Movement, ended: Set<UserName>) {
        guard movement.isSomewhere, movement.isElsewhere || !ended.isEmpty else { return nil }
        self.init(isOwn: true, ended: ended)
    }
}

/// Tells those who look for sources of moves.
final class Moves: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Move>.Continuation] = [:]
        var nextListener = 0
        /// When links of members ended last for that.
        var endings: [UserName: ContinuousClock.Instant] = [:]
    }

    /// Of moves that a listener has not heard yet: what is older is made up for by what is newer.
    private static let bound = 4
    /// For so long what happens to a link of a member is not held against him.
    private static let grace = Duration.seconds(5)

    private let state = Mutex(State())

    /// Ends with the task that listens.
    func listen() -> AsyncStream<Move> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Move.self, bufferingPolicy: .bufferingNewest(Self.bound))
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func tell(_ move: Move) {
        let now = ContinuousClock.now
        let listeners = state.withLock { state in
            state.endings = state.endings.filter { $0.value + Self.grace > now }
            for member in move.ended { state.endings[member] = now }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(move) }
    }

    /// Whether a link of his that ends, or does not come about, does so because somebody has just moved.
    func explains(_ member: UserName) -> Bool {
        state.withLock { $0.endings[member].map { $0 + Self.grace > .now } ?? false }
    }
}
