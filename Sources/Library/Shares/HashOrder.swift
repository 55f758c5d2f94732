package import Wire

/// Which file is hashed next, and when: what somebody waits for at once, all else one after the other, for a part of the
/// time. Holds no files: rows of a million would be too much.
package struct HashOrder: Sendable {
    package enum Next: Hashable, Sendable {
        /// Whatever is found first behind this row.
        case found(after: Int64)
        case rest(Duration)
        /// Nothing until there are ``news()``.
        case idle
    }

    /// Rests are taken together, as each has a price.
    private static let shortestRest = Duration.milliseconds(50)
    private static let longestRest = Duration.seconds(2)
    /// Of what is wanted, so much is remembered: who waits asks again.
    package static let wantedLimit = 256

    private var wanted: [PublicationID] = []
    private var last: Int64 = 0
    private var isExhausted = false
    /// Of the time, half is rest.
    private var owed = Duration.zero

    package init() {}

    /// Somebody waits for these. True where one of them was not known to be waited for.
    package mutating func want(_ publications: [PublicationID]) -> Bool {
        let count = wanted.count
        for publication in publications where wanted.count < Self.wantedLimit && !wanted.contains(publication) {
            wanted.append(publication)
        }
        return wanted.count > count
    }

    /// What comes before anything else, in the order in which it was asked for.
    package mutating func takeWanted() -> [PublicationID] {
        defer { wanted = [] }
        return wanted
    }

    /// There are files that were not there, or changed.
    package mutating func news() {
        last = 0
        isExhausted = false
    }

    package mutating func next() -> Next {
        if owed >= Self.shortestRest {
            defer { owed = .zero }
            return .rest(min(owed, Self.longestRest))
        }
        return isExhausted ? .idle : .found(after: last)
    }

    /// A file that was found was worked on.
    package mutating func worked(on entry: Int64, for time: Duration) {
        last = max(last, entry)
        owed += time
    }

    /// There is none behind the last one. What could not be hashed comes again with the next news.
    package mutating func foundNone() { isExhausted = true }
}
