import Wire

/// Publications that a search found, go by go, from where somebody reads in it.
struct FoundListing: Sendable {
    struct Go: Sendable {
        var findings: SearchFindings
        /// So many were found in the goes before.
        let start: Int
        var end: Int { start + findings.ids.count }
    }

    let query: SearchQuery
    var goes: [Go] = []

    var isSortedInParts: Bool {
        goes.count > 1 || goes.contains { $0.start > 0 || $0.findings.next != nil }
    }

    /// In publications: with what it takes to keep it at all.
    var cost: Int {
        let texts = query.words.reduce(0) { $0 + $1.count + 32 } + query.extensions.count * 48
        return goes.reduce(32 + texts / 8) { $0 + $1.findings.ids.count + $1.findings.holders.count + 16 }
    }
}

/// Reads what a search found, as far as the pages go that a window asks for.
struct FoundReading: Sendable {
    let store: any DirectoryStore
    let viewer: Viewer
    /// What was found so far.
    private(set) var listing: FoundListing

    /// - Parameter kept: What was found before.
    init(store: any DirectoryStore, viewer: Viewer, query: SearchQuery, kept: FoundListing?) {
        self.store = store
        self.viewer = viewer
        listing = kept ?? FoundListing(query: query)
    }

    /// Publications that are read at once at first, and at most: each further part is twice as long.
    private static let firstPart = 64
    private static let longestPart = 2_048

    /// - Parameters:
    ///   - position: So many come before.
    ///   - take: Takes the next one; false where no more are wanted.
    /// - Returns: Whether it came to the end. Nil where what was found there is not kept.
    mutating func read(
        from position: Int, _ take: (ListedPublication, _ position: Int) -> Bool
    ) async throws(DirectoryStoreError) -> Bool? {
        guard begin(at: position) else { return nil }
        var position = position
        var limit = Self.firstPart
        while true {
            guard let go = listing.goes.first(where: { $0.start <= position && position < $0.end }) else {
                guard try await goOn(at: position) else { return true }
                continue
            }
            let places = position - go.start..<min(position - go.start + limit, go.findings.ids.count)
            let ids = Array(go.findings.ids[places])
            var read = try await store.listings(ids, for: viewer).makeIterator()
            var item = read.next()
            for (place, id) in zip(places, ids) {
                position += 1
                // It may be gone meanwhile.
                guard var found = item, found.id == id else { continue }
                item = read.next()
                if !go.findings.holders.isEmpty, found.access != .locked { found.holders = go.findings.holders[place] }
                guard take(found, position) else { return false }
            }
            limit = min(limit * 2, Self.longestPart)
        }
    }

    /// Leaves what was found before a position, of which nobody asks any more. False where what is there is not kept.
    private mutating func begin(at position: Int) -> Bool {
        if position == 0, listing.goes.first?.start != 0 { listing.goes = [] }
        guard position > 0 else { return true }
        guard let place = listing.goes.firstIndex(where: { $0.start <= position && position <= $0.end }) else {
            return false
        }
        listing.goes.removeFirst(place)
        return true
    }

    /// Has the store search on. False where it came to its end.
    private mutating func goOn(at position: Int) async throws(DirectoryStoreError) -> Bool {
        let from: Int64? = if let last = listing.goes.last { last.findings.next } else { 0 }
        guard let from else { return false }
        let findings = try await store.search(listing.query, for: viewer, from: from)
        if findings.ids.isEmpty, let last = listing.goes.indices.last {
            listing.goes[last].findings.next = findings.next
        } else {
            listing.goes.append(FoundListing.Go(findings: findings, start: position))
        }
        return true
    }
}
