package import NodeControl
import Synchronization

/// Whether people were told that the server is away: it is said once, and commands that fail meanwhile say it shortly.
package final class ServerPresence: Sendable {
    private let isAway = Mutex(false)

    package init() {}

    package var isKnownToBeAway: Bool { isAway.withLock { $0 } }

    package func note(_ notice: NodeNotice) {
        switch notice {
        case .serverAway, .networkReplaced: isAway.withLock { $0 = true }
        case .serverBack: isAway.withLock { $0 = false }
        default: break
        }
    }
}
