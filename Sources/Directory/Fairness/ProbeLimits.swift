import Wire

/// How often a member may have the directory look at his device from outside: each time somebody reads what came of it.
struct ProbeLimits: Sendable {
    /// Milliseconds that whoever asks too often is told to wait.
    static let retryAfter: Int64 = 2_000
    /// A second, and at once after a quiet time.
    private static let rate = 1
    private static let burst = 8
    private static let capacity = 65_536

    private var allowances = GenerationTable<UserName, TokenBucket>(capacity: capacity)

    /// - Parameter now: Milliseconds, monotonic.
    mutating func admits(_ user: UserName, now: Int64) -> Bool {
        var allowance = allowances[user] ?? TokenBucket(rate: Self.rate, burst: Self.burst, now: now)
        guard allowance.take(now: now) else { return false }
        allowances[user] = allowance
        return true
    }
}
