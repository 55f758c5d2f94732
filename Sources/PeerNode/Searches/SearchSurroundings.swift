package import NodeControl

/// When it is, and how time is waited for.
package struct Pace: Sendable {
    /// Since whenever.
    package var now: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    package static func of<C: Clock<Duration>>(_ clock: C) -> Pace {
        let begin = clock.now
        return Pace {
            begin.duration(to: clock.now)
        } sleep: {
            try await clock.sleep(for: $0)
        }
    }

    package static let real = of(ContinuousClock())
}

/// What saved searches found anew, for whoever tells people of it.
package struct NewMatches: Sendable {
    package var search: SavedSearch
    package var matches: [SearchMatch]
    /// Whether the desktop is to show them.
    package var areShown: Bool

    package init(search: SavedSearch, matches: [SearchMatch], areShown: Bool) {
        self.search = search
        self.matches = matches
        self.areShown = areShown
    }
}

/// What the saved searches need of the world around them.
package struct SearchSurroundings: Sendable {
    /// Absolute.
    package var path: String
    package var find: @Sendable (_ text: String) async throws(NodeFailure) -> FoundListings
    /// Kept already when it is told.
    package var tell: @Sendable (SearchBook.News) async -> Void
    package var pace: Pace
    /// Milliseconds since 1970.
    package var wall: @Sendable () -> Int64

    package init(
        path: String, find: @escaping @Sendable (_ text: String) async throws(NodeFailure) -> FoundListings,
        tell: @escaping @Sendable (SearchBook.News) async -> Void, pace: Pace, wall: @escaping @Sendable () -> Int64
    ) {
        self.path = path
        self.find = find
        self.tell = tell
        self.pace = pace
        self.wall = wall
    }
}
