/// What one caller may still have carried: so many bytes a second, and so many within a day that begins with the first one.
///
/// Bytes are counted when they are there already, so a member can be in debt, and then waits. Times in milliseconds, of a
/// clock that never jumps.
package struct RelayAllowance: Hashable, Sendable {
    private static let day: Int64 = 86_400_000
    /// Bytes that may pass at once after a quiet time, at least: what one read brings either way.
    private static let leastBurst: Int64 = 128 << 10

    private let rate: Int64?
    private let quota: Int?
    /// Thousandths of a byte; below zero is debt.
    private var tokens: Int64 = 0
    private var refilled: Int64
    private var carried = 0
    private var dayBegan: Int64

    package init(rate: Int?, quota: Int?, now: Int64) {
        self.rate = rate.map { Int64(max(1, $0)) }
        self.quota = quota
        refilled = now
        dayBegan = now
        tokens = burst
    }

    /// Thousandths: a quarter of a second.
    private var burst: Int64 { rate.map { max($0 / 4, Self.leastBurst) * 1_000 } ?? 0 }

    /// Counts bytes that pass now.
    ///
    /// - Returns: How long the next ones have to wait.
    package mutating func take(_ bytes: Int, now: Int64) -> Int64 {
        turnDay(now)
        carried += bytes
        guard let rate else { return 0 }
        refill(rate, now)
        tokens -= Int64(bytes) * 1_000
        return tokens < 0 ? (-tokens + rate - 1) / rate : 0
    }

    package mutating func isUsedUp(now: Int64) -> Bool {
        turnDay(now)
        return quota.map { carried >= $0 } ?? false
    }

    /// There is nothing to be remembered.
    package mutating func isFresh(now: Int64) -> Bool {
        turnDay(now)
        if let rate { refill(rate, now) }
        return (quota == nil || carried == 0) && tokens == burst
    }

    private mutating func refill(_ rate: Int64, _ now: Int64) {
        let elapsed = min(max(0, now - refilled), 3_600_000)
        tokens = min(tokens + elapsed * rate, burst)
        refilled = now
    }

    private mutating func turnDay(_ now: Int64) {
        guard now - dayBegan >= Self.day else { return }
        dayBegan = now
        carried = 0
    }
}
