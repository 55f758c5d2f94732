import Synchronization

/// Names that the Tab key offers: what the last search found, what one has published oneself, and what is in the queue.
package final class Names: Sendable {
    private struct State {
        var found: [String] = []
        var published: Set<String> = []
        var transfers: [String] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var found: [String] {
        get { state.withLock { $0.found } }
        set { state.withLock { $0.found = newValue } }
    }

    package var published: Set<String> {
        get { state.withLock { $0.published } }
        set { state.withLock { $0.published = newValue } }
    }

    package var transfers: [String] {
        get { state.withLock { $0.transfers } }
        set { state.withLock { $0.transfers = newValue } }
    }

    func add(published name: String) { state.withLock { _ = $0.published.insert(name) } }
    func remove(published name: String) { state.withLock { _ = $0.published.remove(name) } }
}
