package import NodeControl
import Synchronization

/// Whether people were told that the server is away, or another network in its place: it is said once, and commands that
/// fail meanwhile say it shortly.
package final class ServerPresence: Sendable {
    private struct State {
        var isAway = false
        /// The fingerprint of the network that people were told of.
        var replacement: String?
    }

    private let state = Mutex(State())

    package init() {}

    package var isKnownToBeAway: Bool { state.withLock { $0.isAway } }

    /// False where the failure of a command has told it already.
    @discardableResult
    package func note(_ notice: NodeNotice) -> Bool {
        switch notice {
        case .serverAway: state.withLock { $0.isAway = true }
        case .serverBack: state.withLock { $0 = State() }
        case .networkReplaced(_, _, let found): return note(replacement: found)
        default: break
        }
        return true
    }

    /// False where it is known already.
    package func note(replacement found: String) -> Bool {
        state.withLock { state in
            defer { state = State(isAway: true, replacement: found) }
            return state.replacement != found
        }
    }
}
