package import NodeControl

/// The saved searches: which is due, and what of that which one finds is new. Pure; time is a duration since whenever it
/// began.
package struct SearchBook: Sendable {
    package static let limit = 20
    /// New matches that are kept to be looked at.
    package static let keptMatches = 100
    /// Of those that one run finds, so many are told one by one.
    package static let toldMatches = 10
    /// Between two runs, whatever they are of.
    package static let gap = Duration.seconds(1)
    /// After the beginning, in which there is more to do.
    package static let firstPause = Duration.seconds(2)

    /// What outlasts the program.
    package struct Kept: Codable, Hashable, Sendable {
        package var draft: SearchDraft
        fileprivate var before = FoundBefore()
        /// The newest first.
        fileprivate var matches: [SearchMatch] = []
        fileprivate var newCount = 0

        package init(_ draft: SearchDraft) { self.draft = draft }
    }

    private struct Entry {
        /// Another one for each that was saved: of one that was replaced meanwhile, nothing is taken.
        let number: Int
        var kept: Kept
        var due: Duration
        var lastRun: Int64?
        var isComplete = true

        var status: SavedSearch {
            SavedSearch(
                name: kept.draft.name, text: kept.draft.text, command: kept.draft.command, newCount: kept.newCount,
                lastRun: lastRun, isComplete: isComplete)
        }
    }

    /// One that is due.
    package struct Turn: Hashable, Sendable {
        package let name: String
        package let text: String
        fileprivate let number: Int
    }

    /// What a run brought.
    package struct News: Hashable, Sendable {
        package var search: SavedSearch
        package var matches: [SearchMatch]
    }

    private var entries: [String: Entry] = [:]
    private var nextNumber = 0
    private var notBefore = Duration.zero
    private var interval: Duration

    /// - Parameter interval: From one run of a search to the next.
    package init(interval: Duration) { self.interval = interval }

    package var searches: [SavedSearch] { entries.values.map(\.status).sorted { $0.name < $1.name } }
    package var kept: [Kept] { entries.values.map(\.kept).sorted { $0.draft.name < $1.draft.name } }

    /// Takes up what was kept; what makes no sense is left out.
    package mutating func restore(_ kept: [Kept], at now: Duration) {
        notBefore = now + Self.firstPause
        for one in kept.prefix(Self.limit) where one.draft.isPossible {
            var one = one
            one.matches = Array(one.matches.prefix(Self.keptMatches))
            one.newCount = max(one.newCount, one.matches.count)
            insert(one, due: notBefore)
        }
    }

    /// Whether there is room for one more of that name.
    package func hasRoom(for name: String) -> Bool { entries[name] != nil || entries.count < Self.limit }

    /// - Parameter found: What is there already, and therefore never told.
    package mutating func save(_ draft: SearchDraft, found: [Listing], at now: Duration, _ wall: Int64) -> SavedSearch {
        var kept = Kept(draft)
        _ = kept.before.take(found)
        var entry = insert(kept, due: now + interval)
        entry.lastRun = wall
        entries[draft.name] = entry
        return entry.status
    }

    /// False where there is none.
    package mutating func forget(_ name: String) -> Bool { entries.removeValue(forKey: name) != nil }

    /// Nil where there is none. They are not new any more.
    package mutating func look(at name: String) -> [SearchMatch]? {
        guard var entry = entries[name] else { return nil }
        defer { entries[name] = entry }
        let matches = entry.kept.matches
        entry.kept.matches = []
        entry.kept.newCount = 0
        return matches
    }

    @discardableResult
    private mutating func insert(_ kept: Kept, due: Duration) -> Entry {
        nextNumber += 1
        let entry = Entry(number: nextNumber, kept: kept, due: due)
        entries[kept.draft.name] = entry
        return entry
    }

    // MARK: Turns

    package mutating func set(interval: Duration, at now: Duration) {
        self.interval = interval
        for (name, entry) in entries { entries[name]?.due = min(entry.due, now + interval) }
    }

    /// How long nothing is to be done; nil where nothing is saved.
    package func pause(at now: Duration) -> Duration? {
        entries.values.map(\.due).min().map { max(.zero, max($0, notBefore) - now) }
    }

    /// The one that has waited longest, where one is due. Its next turn is an interval later, whatever comes of this one.
    package mutating func next(at now: Duration) -> Turn? {
        guard now >= notBefore,
            let entry = entries.values.min(by: { ($0.due, $0.number) < ($1.due, $1.number) }), entry.due <= now
        else { return nil }
        notBefore = now + Self.gap
        let name = entry.kept.draft.name
        entries[name]?.due = now + interval
        return Turn(name: name, text: entry.kept.draft.text, number: entry.number)
    }

    /// Nil where the search was forgotten, or replaced, meanwhile.
    package mutating func take(_ found: FoundListings, of turn: Turn, _ wall: Int64) -> News? {
        guard var entry = entries[turn.name], entry.number == turn.number else { return nil }
        entry.lastRun = wall
        entry.isComplete = found.isComplete
        let matches = entry.kept.before.take(found.listings).map { listing in
            SearchMatch(
                name: listing.name, owner: listing.owners.first ?? "", isFolder: listing.isFolder, size: listing.size,
                root: listing.root, found: wall)
        }
        entry.kept.matches = Array((matches + entry.kept.matches).prefix(Self.keptMatches))
        entry.kept.newCount += matches.count
        entries[turn.name] = entry
        return News(search: entry.status, matches: matches)
    }
}

extension SearchBook.News {
    /// The first ones, each by itself; with the last of them goes how many more there are.
    package var notices: [NodeNotice] {
        let told = matches.prefix(SearchBook.toldMatches)
        return told.enumerated().map { index, match in
            .searchMatched(
                search: search.name, match: match, further: index == told.count - 1 ? matches.count - told.count : 0)
        }
    }
}
