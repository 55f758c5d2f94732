import Synchronization

/// How many links are unchoked at the same time, over all contents of a node; the others wait in the order
/// in which they came.
package final class UploadSlots: Sendable {
    /// A link that holds or wants a slot.
    struct Ticket: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    private struct State {
        var nextTicket: UInt64 = 0
        var holders: Set<Ticket> = []
        var waiting: [(ticket: Ticket, grant: @Sendable () -> Void)] = []
    }

    package let limit: Int
    private let state = Mutex(State())

    package init(limit: Int = 64) {
        self.limit = limit
    }

    func ticket() -> Ticket {
        state.withLock { state in
            state.nextTicket += 1
            return Ticket(value: state.nextTicket)
        }
    }

    /// Calls `grant` once there is a slot: at once, or when another gives his back.
    func want(_ ticket: Ticket, grant: @escaping @Sendable () -> Void) {
        let isGranted = state.withLock { state in
            guard state.holders.count < limit else {
                state.waiting.append((ticket, grant))
                return false
            }
            state.holders.insert(ticket)
            return true
        }
        if isGranted { grant() }
    }

    /// Gives back what the ticket holds, or its place among those who wait.
    func release(_ ticket: Ticket) {
        let grant = state.withLock { state -> (@Sendable () -> Void)? in
            state.waiting.removeAll { $0.ticket == ticket }
            guard state.holders.remove(ticket) != nil, !state.waiting.isEmpty else { return nil }
            let next = state.waiting.removeFirst()
            state.holders.insert(next.ticket)
            return next.grant
        }
        grant?()
    }
}
