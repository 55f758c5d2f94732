import Synchronization

/// Names that the Tab key offers: what the last search found, what one has published oneself, what is in the queue, and
/// who was online.
package final class Names: Sendable {
    /// What is kept from one start to the next.
    package struct Kept: Codable, Hashable, Sendable {
        package var found: [String] = []
        package var published: Set<String> = []
        package var transfers: [String] = []
        package var peers: [String] = []

        package init() {}
    }

    /// Found names kept at most.
    private static let mostFound = 10_000

    private let state = Mutex(Kept())
    private let file = Mutex<NamesFile?>(nil)

    package init() {}

    /// Where they are kept from now on. What was learnt before stays: it is newer.
    package func use(_ file: NamesFile) {
        let kept = file.load() ?? Kept()
        state.withLock { state in
            if state.found.isEmpty { state.found = kept.found }
            if state.published.isEmpty { state.published = kept.published }
            if state.transfers.isEmpty { state.transfers = kept.transfers }
            if state.peers.isEmpty { state.peers = kept.peers }
        }
        self.file.withLock { $0 = file }
    }

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

    package var peers: [String] {
        get { state.withLock { $0.peers } }
        set { state.withLock { $0.peers = newValue } }
    }

    func add(published name: String) { state.withLock { _ = $0.published.insert(name) } }
    func remove(published name: String) { state.withLock { _ = $0.published.remove(name) } }

    /// For the next start.
    func keep() {
        guard let file = file.withLock({ $0 }) else { return }
        var kept = state.withLock { $0 }
        kept.found = Array(kept.found.prefix(Self.mostFound))
        file.save(kept)
    }
}

extension Completion.Sources {
    /// Without those of folders.
    package init(_ names: Names.Kept) {
        self.init()
        found = names.found
        published = Array(names.published)
        transfers = names.transfers
        peers = names.peers
    }
}
