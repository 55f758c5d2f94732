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

    /// One run stands in the place: most members have no more, and an array would take four times as much for it.
    private enum Form: Sendable {
        /// None where the count is 0.
        case one(first: Int64, count: UInt16)
        case many([Run])

        static let none = Form.one(first: 0, count: 0)
    }

    private var form = Form.none

    package init() {}

    /// Ascending; between two there is always an id that is in neither.
    private var runs: [Run] {
        switch form {
        case .one(_, count: 0): []
        case .one(let first, let count): [Run(first: first, count: Int64(count))]
        case .many(let runs): runs
        }
    }

    private mutating func put(_ runs: [Run]) {
        guard runs.count > 1 || runs.contains(where: { $0.count > UInt16.max }) else {
            form = runs.first.map { .one(first: $0.first, count: UInt16($0.count)) } ?? .none
            return
        }
        form = .many(runs)
    }

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
        switch form {
        case .one(let first, let count): return first <= id.rawValue && id.rawValue < first + Int64(count)
        case .many(let runs):
            let place = runs.partitionPoint { $0.end <= id.rawValue }
            return place < runs.count && runs[place].first <= id.rawValue
        }
    }

    package mutating func formUnion(_ ids: some Sequence<PublicationID>) {
        let added = ids.map(\.rawValue).sorted()
        guard let first = added.first else { return }
        var runs = runs
        // There is one owner of them while they grow.
        form = .none
        defer { put(runs) }
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
        let runs = runs
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
        put(kept)
    }

    /// - Parameter ids: None of them stands before the first of the last run.
    private static func append(_ ids: Range<Int64>, to runs: inout [Run]) {
        guard let last = runs.last, ids.lowerBound <= last.end else {
            return runs.append(Run(first: ids.lowerBound, count: Int64(ids.count)))
        }
        runs[runs.count - 1].count = Swift.max(last.end, ids.upperBound) - last.first
    }
}
