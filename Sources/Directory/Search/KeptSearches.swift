import Wire

/// What searches found, for as long as pages of it are asked for: so what stays throughout is neither missed nor doubled,
/// whatever comes and goes between two pages.
struct KeptSearches: Sendable {
    struct Key: Hashable {
        var session: SessionID
        /// See ``Search/number``.
        var number: Int64
    }

    /// Milliseconds after which one that nobody asked about is forgotten.
    private static let memory: Int64 = 60_000
    /// Of all together, publications.
    private let limit: Int
    private var found: [Key: (listing: FoundListing, used: Int64)] = [:]
    private var count = 0

    init(limit: Int = 4_000_000) { self.limit = limit }

    mutating func listing(_ key: Key, of query: SearchQuery, now: Int64) -> FoundListing? {
        guard let kept = found[key], kept.listing.query == query else { return nil }
        found[key]?.used = now
        return kept.listing
    }

    /// Keeps one, in place of those that were not asked about for the longest time, where there are too many.
    mutating func keep(_ listing: FoundListing, _ key: Key, now: Int64) {
        remove(key)
        count += listing.cost
        found[key] = (listing, now)
        guard count > limit else { return }
        for (key, _) in found.sorted(by: { $0.value.used < $1.value.used }) {
            guard count > limit * 3 / 4 else { return }
            remove(key)
        }
    }

    mutating func expire(now: Int64) {
        guard !found.isEmpty else { return }
        for (key, kept) in found where now - kept.used >= Self.memory { remove(key) }
    }

    private mutating func remove(_ key: Key) {
        if let former = found.removeValue(forKey: key) { count -= former.listing.cost }
    }
}

/// Publications that a search found, the last of its goes.
struct FoundListing: Sendable {
    let query: SearchQuery
    let findings: SearchFindings
    /// So many were found in the goes before.
    let start: Int

    /// With what it takes to keep it at all.
    var cost: Int { findings.ids.count + findings.holders.count + 16 }
    var end: Int { start + findings.ids.count }
}
