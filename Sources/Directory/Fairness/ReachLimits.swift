import Wire

/// How often a member may have others called: each time they dial.
struct ReachLimits: Sendable {
    /// Milliseconds that whoever asks too often is told to wait.
    static let retryAfter: Int64 = 1_000
    /// A second, and at once after a quiet time.
    private static let rate = 16
    private static let burst = 128
    private static let capacity = 65_536
    /// The same for all together: each has two tickets signed.
    private static let rateOfAll = 2_000
    private static let burstOfAll = 4_000

    private var all: TokenBucket?
    private var allowances = GenerationTable<UserName, TokenBucket>(capacity: capacity)

    /// - Parameter now: Milliseconds, monotonic.
    mutating func admits(_ user: UserName, now: Int64) -> Bool {
        var allowance = allowances[user] ?? TokenBucket(rate: Self.rate, burst: Self.burst, now: now)
        var all = all ?? TokenBucket(rate: Self.rateOfAll, burst: Self.burstOfAll, now: now)
        guard allowance.take(now: now), all.take(now: now) else { return false }
        self.all = all
        allowances[user] = allowance
        return true
    }
}
