package import Directory

/// What waits for the expensive half of a session's opening: a fair queue, and a token bucket that bounds what is begun.
package struct OpeningQueue<Item: Sendable>: Sendable {
    private var queue: FairQueue<Item>
    private var bucket: TokenBucket

    /// - Parameters:
    ///   - capacity: How many wait at most.
    ///   - rate: How many begin a second, and `burst` at once after a quiet time.
    ///   - now: Milliseconds, monotonic, as everywhere here.
    package init(capacity: Int = 1_024, rate: Int = 1_000, burst: Int = 100, now: Int64) {
        queue = FairQueue(capacity: capacity)
        bucket = TokenBucket(rate: rate, burst: burst, now: now)
    }

    package var count: Int { queue.count }

    package mutating func offer(_ item: Item, from origin: Origin) -> FairQueue<Item>.Offer {
        queue.offer(item, from: origin)
    }

    /// The next one to begin, nil where none waits or the rate is used up.
    package mutating func next(now: Int64) -> Item? {
        guard queue.count > 0, bucket.take(now: now) else { return nil }
        return queue.next()
    }

    /// Milliseconds until another may begin; nil where none waits.
    package func delay(now: Int64) -> Int64? {
        queue.count > 0 ? bucket.delay(now: now) : nil
    }
}
