import Synchronization
import Wire

/// How many links are unchoked at the same time, over all contents of a node: the shell of ``SlotTable``. Whoever holds
/// or wants a slot lets time pass for all with ``turn()``.
package final class UploadSlots: Sendable {
    /// A link that holds or wants a slot.
    struct Ticket: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    private struct State {
        var nextTicket: UInt64 = 0
        var table: SlotTable<Ticket>
        /// Of those who hold or want a slot.
        var wishes: [Ticket: (number: Int, tell: @Sendable (UploadEvent) -> Void)] = [:]
        var lastTurn: Duration = .zero
    }

    /// Slots change hands so often at most: time passes for each link, and a turn looks at all of them.
    private static let turnInterval: Duration = .seconds(1)

    private let state: Mutex<State>
    private let watch: Stopwatch

    package init(limit: Int = 64, clock: any Clock<Duration> = ContinuousClock()) {
        state = Mutex(State(table: SlotTable(limit: limit)))
        watch = Stopwatch(clock)
    }

    func ticket() -> Ticket {
        state.withLock { state in
            state.nextTicket += 1
            return Ticket(value: state.nextTicket)
        }
    }

    /// - Parameter tell: called with ``UploadEvent/slotGranted(wish:)`` once there is a slot, at once or later, and with
    ///   ``UploadEvent/slotWithdrawn(wish:)`` whenever another link has its turn.
    func want(
        _ ticket: Ticket, for member: UserName, wish: Int, tell: @escaping @Sendable (UploadEvent) -> Void
    ) {
        change { state, now in
            state.wishes[ticket] = (wish, tell)
            return state.table.want(ticket, for: member, at: now)
        }
    }

    /// Gives back what the ticket holds, or its place among those who wait.
    func release(_ ticket: Ticket) {
        change { state, now in
            state.wishes[ticket] = nil
            return state.table.release(ticket, at: now)
        }
    }

    /// Serves so many links at the same time from now on; with none, nobody is served.
    package func change(limit: Int) { change { state, now in state.table.change(limit: limit, at: now) } }

    /// Has slots change hands whose time has come.
    func turn() {
        change { state, now in
            guard now - state.lastTurn >= Self.turnInterval else { return [] }
            state.lastTurn = now
            return state.table.turn(at: now)
        }
    }

    private func change(_ body: (inout State, Duration) -> [SlotTable<Ticket>.Decision]) {
        let now = watch.elapsed
        // Told within the lock, so that a grant and a withdrawal arrive in their order.
        state.withLock { state in
            for decision in body(&state, now) {
                switch decision {
                case .grant(let ticket):
                    if let (number, tell) = state.wishes[ticket] { tell(.slotGranted(wish: number)) }
                case .withdraw(let ticket):
                    if let (number, tell) = state.wishes[ticket] { tell(.slotWithdrawn(wish: number)) }
                }
            }
        }
    }
}
