import Wire

/// Who publishes the contents that were found, for everybody: whoever is there is counted once for each.
///
/// All of the index is looked through once: that is less than asking for each content that many of ten thousand may have.
struct HolderCounts {
    private var owners: [UInt64: Set<Int64>] = [:]

    init(of found: Gathering, _ state: ActiveIndex.State, _ view: PresenceView) {
        owners = Dictionary(found.hits.lazy.map { (found.content(of: $0), []) }) { first, _ in first }
        owners[0] = nil
        guard !owners.isEmpty else { return }
        for part in state.parts { count(part.segment.columns, but: part.dead, state, view) }
        count(state.head, but: state.deadInHead, state, view)
    }

    private mutating func count(
        _ columns: PublicationColumns, but dead: DeadSlots, _ state: ActiveIndex.State, _ view: PresenceView
    ) {
        for (slot, content) in columns.contents.enumerated() {
            guard content != 0, owners[content] != nil, !dead.contains(slot),
                state.restrictions[columns.top(slot)] == nil,
                view.isServed(PublicationID(rawValue: columns.top(slot)))
            else { continue }
            owners[content]?.insert(columns.owners[slot])
        }
    }

    /// Of each: its owner has it in any case.
    ///
    /// - Parameter others: Who has it without publishing it.
    func counts(_ found: Gathering, _ others: [[Int64]]) -> [Int64] {
        zip(found.hits, others).map { hit, others in
            let publishing = owners[found.content(of: hit)] ?? []
            return Int64(max(1, others.isEmpty ? publishing.count : publishing.union(others).count))
        }
    }
}
