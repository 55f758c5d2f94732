import Wire

/// Reads what a search found, go by go, as far as the pages go that a window asks for.
struct FoundReading: Sendable {
    let store: any DirectoryStore
    let viewer: Viewer
    let query: SearchQuery
    /// What was found so far; nil at the beginning.
    var listing: FoundListing?

    var isSortedInParts: Bool { listing.map { $0.start > 0 || $0.findings.next != nil } ?? false }

    /// Publications that are read at once at first; each further part is twice as long.
    private static let firstPart = 64

    /// - Parameters:
    ///   - position: So many come before.
    ///   - take: Takes the next one; false where no more are wanted.
    /// - Returns: Whether it came to the end. Nil where what was found there is not kept.
    mutating func read(
        from position: Int, _ take: (ListedPublication, _ position: Int) -> Bool
    ) async throws(DirectoryStoreError) -> Bool? {
        var position = position
        var limit = Self.firstPart
        guard position == 0 || listing.map({ $0.start <= position && position <= $0.end }) == true else { return nil }
        if position == 0, listing?.start != 0 { listing = nil }
        while true {
            guard let listing, position < listing.end else {
                guard let next = listing.map(\.findings.next) ?? 0 else { return true }
                listing = FoundListing(
                    query: query, findings: try await store.search(query, for: viewer, from: next), start: position)
                continue
            }
            let places = position - listing.start..<min(position - listing.start + limit, listing.findings.ids.count)
            let ids = Array(listing.findings.ids[places])
            var read = try await store.listings(ids, for: viewer).makeIterator()
            var item = read.next()
            for (place, id) in zip(places, ids) {
                position += 1
                // It may be gone meanwhile.
                guard var found = item, found.id == id else { continue }
                item = read.next()
                if !listing.findings.holders.isEmpty, found.access != .locked {
                    found.holders = listing.findings.holders[place]
                }
                guard take(found, position) else { return false }
            }
            limit *= 2
        }
    }
}
