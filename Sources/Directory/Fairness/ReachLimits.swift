import Wire

/// How often a member may have others called: each time they dial.
struct ReachLimits: Sendable {
    /// Milliseconds that whoever asks too often is told to wait.
    static let retryAfter: Int64 = 1_000
    /// At once after a quiet time, and a second.
    private static let burst: Int64 = 128
    private static let rate: Int64 = 16
    private static let capacity = 65_536

    /// Thousandths that are left, as of a time.
    private struct Allowance: Sendable {
        var left: Int64
        var time: Int64
    }

    private var allowances = GenerationTable<UserName, Allowance>(capacity: capacity)

    /// - Parameter now: Milliseconds, monotonic.
    mutating func admits(_ user: UserName, now: Int64) -> Bool {
        let before = allowances[user] ?? Allowance(left: Self.burst * 1_000, time: now)
        // A millisecond brings as many thousandths as a second brings whole ones.
        let elapsed = min(max(0, now - before.time), Self.burst * 1_000)
        let left = min(before.left + elapsed * Self.rate, Self.burst * 1_000)
        guard left >= 1_000 else { return false }
        allowances[user] = Allowance(left: left - 1_000, time: now)
        return true
    }
}
