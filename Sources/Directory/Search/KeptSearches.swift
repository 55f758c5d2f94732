import Wire

/// What searches found, for as long as pages of it are asked for: so what stays throughout is neither missed nor doubled,
/// whatever comes and goes between two pages.
struct KeptSearches: Sendable {
    struct Key: Hashable {
        var session: SessionID
        /// See ``Search/number``.
        var number: Int64
    }

    private struct Kept {
        var number: Int64
        var listing: FoundListing
        var used: Int64
    }

    /// Milliseconds after which one that nobody asked about is forgotten.
    private static let memory: Int64 = 60_000
    /// Searches of one session: as many as somebody reads in at the same time, so that nobody costs others theirs.
    private static let perSession = 4
    /// Of all together, publications.
    private let limit: Int
    private var found: [SessionID: [Kept]] = [:]
    private var count = 0

    init(limit: Int = 4_000_000) { self.limit = limit }

    mutating func listing(_ key: Key, of query: SearchQuery, now: Int64) -> FoundListing? {
        guard
            let place = found[key.session]?.firstIndex(where: { $0.number == key.number && $0.listing.query == query })
        else { return nil }
        found[key.session]?[place].used = now
        return found[key.session]?[place].listing
    }

    /// Keeps one, in place of those that were not asked about for the longest time, where there are too many.
    mutating func keep(_ listing: FoundListing, _ key: Key, now: Int64) {
        remove(key)
        let theirs = found[key.session, default: []]
        if theirs.count >= Self.perSession, let oldest = theirs.min(by: { $0.used < $1.used }) {
            remove(Key(session: key.session, number: oldest.number))
        }
        count += listing.cost
        found[key.session, default: []].append(Kept(number: key.number, listing: listing, used: now))
        guard count > limit else { return }
        let all = found.flatMap { session, kept in kept.map { (Key(session: session, number: $0.number), $0.used) } }
        for (key, _) in all.sorted(by: { $0.1 < $1.1 }) {
            guard count > limit * 3 / 4 else { return }
            remove(key)
        }
    }

    mutating func expire(now: Int64) {
        for (session, kept) in found {
            for one in kept where now - one.used >= Self.memory {
                remove(Key(session: session, number: one.number))
            }
        }
    }

    private mutating func remove(_ key: Key) {
        guard let place = found[key.session]?.firstIndex(where: { $0.number == key.number }) else { return }
        count -= found[key.session]?.remove(at: place).listing.cost ?? 0
        if found[key.session]?.isEmpty == true { found[key.session] = nil }
    }
}
