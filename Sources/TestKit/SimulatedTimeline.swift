/// Virtual time: events that wait for their moment, the earliest first, those of one moment in the order in
/// which they were scheduled. A simulation takes one after the other, and hours pass in no time.
package struct SimulatedTimeline<Event> {
    /// Small, as it moves often.
    private struct Entry {
        let moment: Duration
        let number: Int
        /// Where the event lies.
        let place: Int

        static func < (left: Entry, right: Entry) -> Bool {
            left.moment == right.moment ? left.number < right.number : left.moment < right.moment
        }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var events: [Event?] = []
    private var freePlaces: [Int] = []
    private var nextNumber = 0
    /// The moment of the last event taken.
    package private(set) var now: Duration = .zero

    package init() {}

    /// A moment that is past means now.
    package mutating func schedule(_ event: Event, at moment: Duration) {
        let place = freePlaces.popLast() ?? events.count
        if place == events.count { events.append(event) } else { events[place] = event }
        entries.append(Entry(moment: max(moment, now), number: nextNumber, place: place))
        nextNumber += 1
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    package mutating func schedule(_ event: Event, after delay: Duration) { schedule(event, at: now + delay) }

    /// The next event; the time is its moment now.
    package mutating func next() -> Event? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                var smallest = parent
                for child in 2 * parent + 1...2 * parent + 2
                where child < entries.count && entries[child] < entries[smallest] { smallest = child }
                if smallest == parent { break }
                entries.swapAt(parent, smallest)
                parent = smallest
            }
        }
        now = first.moment
        freePlaces.append(first.place)
        defer { events[first.place] = nil }
        return events[first.place]
    }
}
