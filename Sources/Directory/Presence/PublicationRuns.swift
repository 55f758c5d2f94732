import Content
package import Wire

/// Publications by their ids, in runs of such as follow each other: what a member publishes at once is numbered so, and there may
/// be a million members with a hundred files each.
package struct PublicationRuns: Sendable, Sequence {
    private struct Run: Sendable {
        var first: Int64
        /// At least 1.
        var count: Int64

        /// Behind the last.
        var end: Int64 { first + count }
    }

    /// Ascending; between two there is always an id that is in neither.
    private var runs: [Run] = []

    package init() {}

    package func makeIterator() -> AnyIterator<PublicationID> {
        var (place, offset) = (0, Int64(0))
        return AnyIterator { [runs] in
            guard place < runs.count else { return nil }
            let id = PublicationID(rawValue: runs[place].first + offset)
            offset += 1
            if offset == runs[place].count { (place, offset) = (place + 1, 0) }
            return id
        }
    }

    package func contains(_ id: PublicationID) -> Bool {
        let place = runs.partitionPoint { $0.end <= id.rawValue }
        return place < runs.count && runs[place].first <= id.rawValue
    }

    package mutating func formUnion(_ ids: some Sequence<PublicationID>) {
        let added = ids.map(\.rawValue).sorted()
        guard let first = added.first else { return }
        // What is newest comes last, as a rule.
        guard let last = runs.last, first < last.first else {
            for id in added { Self.append(id..<id + 1, to: &runs) }
            return
        }
        var united: [Run] = []
        var rest = added[...]
        for run in runs {
            while let id = rest.first, id < run.first {
                Self.append(id..<id + 1, to: &united)
                rest.removeFirst()
            }
            Self.append(run.first..<run.end, to: &united)
        }
        for id in rest { Self.append(id..<id + 1, to: &united) }
        runs = united
    }

    package mutating func subtract(_ ids: some Sequence<PublicationID>) {
        let removed = ids.map(\.rawValue).sorted()
        guard !runs.isEmpty, !removed.isEmpty else { return }
        var kept: [Run] = []
        var rest = removed[...]
        for run in runs {
            var start = run.first
            while let id = rest.first, id < run.end {
                if id > start { Self.append(start..<id, to: &kept) }
                start = Swift.max(start, id + 1)
                rest.removeFirst()
            }
            if start < run.end { Self.append(start..<run.end, to: &kept) }
        }
        runs = kept
    }

    /// - Parameter ids: None of them stands before the first of the last run.
    private static func append(_ ids: Range<Int64>, to runs: inout [Run]) {
        guard let last = runs.last, ids.lowerBound <= last.end else {
            return runs.append(Run(first: ids.lowerBound, count: Int64(ids.count)))
        }
        runs[runs.count - 1].count = Swift.max(last.end, ids.upperBound) - last.first
    }
}
