package import Wire

/// What a search found in one go.
package struct SearchFindings: Hashable, Sendable {
    /// In the order that was asked for: at most ``limit``.
    package var ids: [PublicationID]
    /// Of each, where they are sorted by that.
    package var holders: [Int64]
    /// Where the search goes on; nil where it came to its end.
    package var next: Int64?

    /// Within so many an order holds; who looks through more gets them in further lists, each sorted by itself.
    package static let limit = 10_000

    package init(ids: [PublicationID], holders: [Int64] = [], next: Int64? = nil) {
        self.ids = ids
        self.holders = holders
        self.next = next
    }
}

extension ActiveIndex {
    /// Names that are looked at in one go, as a rule some ten milliseconds.
    private static let patience = 500_000

    /// - Parameters:
    ///   - owner: The store's number of the query's owner; nil where it asks for none, or for one whom the store does not know:
    ///     then nothing is found.
    ///   - next: As the findings before say; 0 at the beginning.
    ///   - view: What is served.
    ///   - others: Accounts that are there and have the content of a publication without publishing it, for each of some.
    package func find(
        _ query: SearchQuery, owner: Int64?, by searcher: Searcher, from next: Int64,
        limit: Int = SearchFindings.limit, view: PresenceView, others: ([PublicationID]) throws -> [[Int64]]
    ) rethrows -> SearchFindings {
        guard query.owner == nil || owner != nil, let test = NameTest(query, owner: owner) else {
            return SearchFindings(ids: [])
        }
        let state = copy
        var gathering = Gathering(
            test: test, hidesUnknown: query.sizes != nil || query.times != nil, searcher: searcher,
            restrictions: state.restrictions, view: view, limit: limit, patience: Self.patience, from: next)
        for part in state.parts where !gathering.isFull { gathering.look(through: part) }
        if !gathering.isFull { gathering.look(through: state.head, but: state.deadInHead) }
        let ids = gathering.hits.map { PublicationID(rawValue: gathering.id(of: $0)) }
        var counts: [Int64] = []
        if query.order == .holders {
            counts = HolderCounts(of: gathering, state, view).counts(gathering, try others(ids))
        }
        let order = HitOrder.sorted(gathering, query, counts)
        return SearchFindings(
            ids: order.map { ids[$0] },
            holders: counts.isEmpty ? [] : order.map { counts[$0] }, next: gathering.next)
    }
}
