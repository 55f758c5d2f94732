package import Directory

/// What waits for the expensive half of a session's opening: a fair queue, and a token bucket that bounds what is begun.
package struct OpeningQueue<Item: Sendable>: Sendable {
    /// Openings a second, and how many of them at once after a quiet time.
    package let rate: Int
    package let burst: Int

    private var queue: FairQueue<Item>
    /// Thousandths of an opening.
    private var tokens: Int64
    private var refilled: Int64

    /// - Parameters:
    ///   - capacity: How many wait at most.
    ///   - now: Milliseconds, monotonic, as everywhere here.
    package init(capacity: Int = 1_024, rate: Int = 1_000, burst: Int = 100, now: Int64) {
        queue = FairQueue(capacity: capacity)
        self.rate = rate
        self.burst = burst
        tokens = Int64(burst) * 1_000
        refilled = now
    }

    package var count: Int { queue.count }

    package mutating func offer(_ item: Item, from origin: Origin) -> FairQueue<Item>.Offer {
        queue.offer(item, from: origin)
    }

    /// The next one to begin, nil where none waits or the rate is used up.
    package mutating func next(now: Int64) -> Item? {
        refill(now: now)
        guard tokens >= 1_000, let item = queue.next() else { return nil }
        tokens -= 1_000
        return item
    }

    /// Milliseconds until another may begin; nil where none waits.
    package func delay(now: Int64) -> Int64? {
        guard queue.count > 0 else { return nil }
        let missing = 1_000 - min(tokens + (now - refilled) * Int64(rate), 1_000)
        return (missing + Int64(rate) - 1) / Int64(rate)
    }

    private mutating func refill(now: Int64) {
        let elapsed = min(max(now - refilled, 0), 60_000)
        refilled = now
        tokens = min(tokens + elapsed * Int64(rate), Int64(burst) * 1_000)
    }
}
