/// Answers kept for a while, so that a repeated question is answered again and not done again. The
/// oldest goes first.
package struct RecentAnswers<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// How many are kept, and how long, in milliseconds.
    package let capacity: Int
    package let lifetime: Int64

    private var values: [Key: Value] = [:]
    /// By age. A key stands here once.
    private var ages: [(key: Key, time: Int64)] = []
    /// Those of `ages` before it are gone.
    private var oldest = 0

    package init(capacity: Int, lifetime: Int64) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    package var count: Int { values.count }

    package mutating func insert(_ value: Value, for key: Key, now: Int64) {
        if values.updateValue(value, forKey: key) == nil { ages.append((key, now)) }
        expire(now: now)
    }

    package mutating func value(for key: Key, now: Int64) -> Value? {
        expire(now: now)
        return values[key]
    }

    package mutating func expire(now: Int64) {
        while oldest < ages.count, ages.count - oldest > capacity || now - ages[oldest].time > lifetime {
            values[ages[oldest].key] = nil
            oldest += 1
        }
        if oldest > capacity {
            ages.removeFirst(oldest)
            oldest = 0
        }
    }
}
