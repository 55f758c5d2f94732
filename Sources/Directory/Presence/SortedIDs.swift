import Content
import Wire

/// Publications, by their ids: an array, because most have few, and those who have many add what is newest.
struct SortedIDs: Sendable, Sequence {
    private var ids: [PublicationID] = []

    func makeIterator() -> Array<PublicationID>.Iterator { ids.makeIterator() }

    func contains(_ id: PublicationID) -> Bool {
        let place = position(of: id)
        return place < ids.count && ids[place] == id
    }

    mutating func formUnion(_ others: some Sequence<PublicationID>) {
        let added = others.filter { !contains($0) }.sorted()
        guard let first = added.first else { return }
        guard let last = ids.last, last > first else {
            ids.reserveCapacity(ids.count + added.count)
            return appendDistinct(added)
        }
        ids = (ids + added).sorted()
        let all = ids
        ids = []
        ids.reserveCapacity(all.count)
        appendDistinct(all)
    }

    mutating func subtract(_ others: some Sequence<PublicationID>) {
        guard !ids.isEmpty else { return }
        let removed = Set(others.filter(contains))
        guard !removed.isEmpty else { return }
        ids.removeAll { removed.contains($0) }
    }

    private mutating func appendDistinct(_ sorted: [PublicationID]) {
        for id in sorted where id != ids.last { ids.append(id) }
    }

    private func position(of id: PublicationID) -> Int {
        ids.partitionPoint { $0 < id }
    }
}
