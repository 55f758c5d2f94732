import Synchronization
package import Wire

/// The names of what can be had now, in memory: what a search looks through.
///
/// Names that nobody can have are in no search, so only those of owners who are there are in it: a tenth, say, of what a store
/// keeps. It is a log of segments: what comes is gathered in a head, which becomes a segment once it is long enough; segments
/// beside each other that are about as long become one, so that there are few. What goes is marked, and left out when segments
/// become one. Each publication has a sequence number, in whose order it is found, and which it keeps until it changes: so a
/// search that ends in the middle can go on behind a number.
///
/// A search looks at a copy of the state, which costs nothing and keeps nobody waiting.
package final class ActiveIndex: Sendable {
    struct State: Sendable {
        var parts: [IndexPart] = []
        /// What came last, without trigrams: it is looked through from end to end.
        var head = PublicationColumns()
        var deadInHead = DeadSlots(capacity: 0)
        /// By the id of what stands at the top.
        var restrictions: [Int64: Restriction] = [:]
        var nextSequence: Int64 = 1
    }

    private let state = Mutex(State())
    /// Held while a change is prepared: there is one at a time.
    private let change = Mutex(())

    /// Of publications in the head.
    private let headLimit: Int
    private let segmentLimit: Int

    package init(headLimit: Int = 2_048, segmentLimit: Int = 65_536) {
        self.headLimit = headLimit
        self.segmentLimit = min(segmentLimit, IndexSegment.capacity)
    }

    /// Of publications.
    package var count: Int {
        state.withLock { state in
            state.parts.reduce(state.head.count - state.deadInHead.count) { $0 + $1.liveCount }
        }
    }

    package func contains(_ id: PublicationID) -> Bool {
        state.withLock { state in
            if let slot = state.head.ids.lastPlace(of: id.rawValue), !state.deadInHead.contains(slot) { return true }
            return state.parts.contains { $0.contains(id.rawValue) }
        }
    }

    var copy: State { state.withLock { $0 } }

    /// Enters publications, in place of what they were before.
    package func enter(_ publications: [IndexedPublication]) {
        guard !publications.isEmpty else { return }
        change.withLock { _ in
            state.withLock { state in
                for publication in publications {
                    state.remove(publication.id.rawValue)
                    if let restriction = publication.restriction {
                        state.restrictions[publication.id.rawValue] = restriction
                    }
                    state.head.append(publication, sequence: state.nextSequence)
                    state.nextSequence += 1
                }
            }
            tidy()
        }
    }

    package func remove(_ ids: [PublicationID]) {
        guard !ids.isEmpty else { return }
        change.withLock { _ in
            state.withLock { state in
                for id in ids { state.remove(id.rawValue) }
            }
            tidy()
        }
    }

    package func remove(ownedBy owners: Set<Int64>) {
        guard !owners.isEmpty else { return }
        change.withLock { _ in
            state.withLock { $0.remove(ownedBy: owners) }
            tidy()
        }
    }

    // MARK: Segments

    /// Makes a segment of a head that is long enough, and one of two that are about as long.
    private func tidy() {
        let head = state.withLock { $0.head.count >= headLimit ? ($0.head, $0.deadInHead) : nil }
        if let (columns, dead) = head {
            let sealed = Self.live(columns, but: dead, limit: segmentLimit).map(IndexPart.init)
            state.withLock { state in
                state.parts += sealed
                state.head = PublicationColumns()
                state.deadInHead = DeadSlots(capacity: 0)
            }
        }
        while let (range, parts) = state.withLock({ state in
            Self.pair(of: state.parts, limit: segmentLimit).map { ($0, Array(state.parts[$0])) }
        }) {
            let joined = IndexPart(joining: parts[0], parts.count > 1 ? parts[1] : IndexPart(PublicationColumns()))
            let kept = joined.liveCount > 0 ? [joined] : []
            state.withLock { $0.parts.replaceSubrange(range, with: kept) }
        }
    }

    /// Neighbours that are to be one, or a part of which less than half is there.
    private static func pair(of parts: [IndexPart], limit: Int) -> Range<Int>? {
        for index in parts.indices.reversed() {
            if parts[index].dead.count > parts[index].liveCount { return index..<index + 1 }
            guard index > 0 else { continue }
            let (left, right) = (parts[index - 1].liveCount, parts[index].liveCount)
            if left < 2 * right, left + right <= limit { return index - 1..<index + 1 }
        }
        return nil
    }

    /// What is there of a head, in as many columns as it takes.
    private static func live(_ head: PublicationColumns, but dead: DeadSlots, limit: Int) -> [PublicationColumns] {
        var all: [PublicationColumns] = []
        var left = head.count - dead.count
        // What is left out is as long as the rest, as a rule.
        var bytes = head.text.count * left / max(1, head.count)
        var current = PublicationColumns(capacity: min(left, limit), textCapacity: bytes)
        for slot in 0..<head.count where !dead.contains(slot) {
            if current.count == limit {
                all.append(current)
                bytes = max(0, bytes - current.text.count)
                current = PublicationColumns(capacity: min(left, limit), textCapacity: bytes)
            }
            current.append(slot, of: head)
            left -= 1
        }
        return current.count > 0 ? all + [current] : all
    }
}

extension ActiveIndex.State {
    fileprivate mutating func remove(_ id: Int64) {
        if !restrictions.isEmpty { restrictions[id] = nil }
        // It is in one place at most.
        if let slot = head.ids.lastPlace(of: id), deadInHead.insert(slot) { return }
        for index in parts.indices.reversed() where parts[index].remove(id) { return }
    }

    fileprivate mutating func remove(ownedBy owners: Set<Int64>) {
        for slot in head.slots(ownedBy: owners) {
            if deadInHead.insert(slot) { restrictions[head.ids[slot]] = nil }
        }
        for index in parts.indices {
            let before = parts[index].dead
            parts[index].remove(ownedBy: owners)
            guard !restrictions.isEmpty else { continue }
            let ids = parts[index].segment.columns.ids
            for slot in 0..<ids.count where parts[index].dead.contains(slot) && !before.contains(slot) {
                restrictions[ids[slot]] = nil
            }
        }
    }
}
