/// Where a store tells what it took.
package struct StoreTimings: Sendable {
    package enum Operation: Int, CaseIterable, Sendable {
        case read
        /// From when a change is asked for until it is on the disk.
        case write
        /// Of all changes that came together.
        case commit
    }

    /// Nanoseconds; called on any thread.
    package let note: @Sendable (Operation, Int64) -> Void

    package init(note: @escaping @Sendable (Operation, Int64) -> Void) { self.note = note }
}

extension ContinuousClock.Instant {
    package var nanosecondsToNow: Int64 {
        let (seconds, attoseconds) = duration(to: .now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

/// What a store has, in numbers.
package struct StoreTotals: Hashable, Sendable {
    /// Whom it knows, whatever their origin.
    package var members: Int64
    /// As they are counted for their owners.
    package var publications: Int64

    package init(members: Int64, publications: Int64) {
        self.members = members
        self.publications = publications
    }
}
