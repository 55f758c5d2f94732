import Synchronization
package import Wire

/// Dials for one content that may lead somewhere, the looks for a better way among them: two to one member at the same time are in
/// each other's way.
package final class DialsUnderWay: Sendable {
    /// A member's own peer, or his standard clients: what somebody else lists as those costs his peer nothing.
    package struct Source: Hashable, Sendable {
        package let user: UserName
        package let isStandardClient: Bool

        package init(_ holder: Holder) { self.init(holder.user, isStandardClient: holder.infoHash != nil) }

        package init(_ user: UserName, isStandardClient: Bool) {
            self.user = user
            self.isStandardClient = isStandardClient
        }
    }

    /// By their numbers.
    private let state = Mutex<(dials: [Source: Int], last: Int)>(([:], 0))

    package init() {}

    /// Does it where nothing of the kind is under way to this source; otherwise nothing.
    package func alone(_ source: Source, _ dial: () async -> Void) async {
        let begun: Int? = state.withLock { state in
            guard state.dials[source] == nil else { return nil }
            state.last += 1
            state.dials[source] = state.last
            return state.last
        }
        guard let begun else { return }
        await dial()
        state.withLock { if $0.dials[source] == begun { $0.dials[source] = nil } }
    }

    /// What was begun to these leads nowhere: it is in nobody's way.
    package func forget(where isMeant: (Source) -> Bool) {
        state.withLock { state in state.dials = state.dials.filter { !isMeant($0.key) } }
    }
}
