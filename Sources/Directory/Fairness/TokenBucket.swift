/// Lets through so many of something a second, and after a quiet time so many at once. Times in milliseconds, monotonic.
package struct TokenBucket: Sendable {
    package let rate: Int
    package let burst: Int
    /// Thousandths.
    private var tokens: Int64
    private var refilled: Int64

    package init(rate: Int, burst: Int, now: Int64) {
        self.rate = rate
        self.burst = burst
        tokens = Int64(burst) * 1_000
        refilled = now
    }

    /// False where it is used up.
    package mutating func take(now: Int64) -> Bool {
        tokens = filling(now: now)
        refilled = now
        guard tokens >= 1_000 else { return false }
        tokens -= 1_000
        return true
    }

    package func isFull(now: Int64) -> Bool { filling(now: now) == Int64(burst) * 1_000 }

    private func filling(now: Int64) -> Int64 {
        let elapsed = min(max(now - refilled, 0), 60_000)
        return min(tokens + elapsed * Int64(rate), Int64(burst) * 1_000)
    }

    /// Until the next one.
    package func delay(now: Int64) -> Int64 {
        let missing = 1_000 - min(tokens + (now - refilled) * Int64(rate), 1_000)
        return (missing + Int64(rate) - 1) / Int64(rate)
    }
}
