package import Directory

/// How often the directory is asked about standard clients: in all, and for each network, so that nobody by himself keeps
/// all others from it. Who asks need not be a member: that is what the directory finds out.
package struct TrackerAllowance: Sendable {
    /// What one network may have of all.
    private static let share = 8
    /// Networks that are remembered, and how long, in milliseconds.
    private static let networks = 4_096
    private static let memory: Int64 = 60_000

    private var all: TokenBucket
    private var ofNetworks = RecentAnswers<AddressPrefix, TokenBucket>(capacity: networks, lifetime: memory)

    /// - Parameter rate: Questions a second.
    package init(rate: Int, now: Int64) { all = TokenBucket(rate: rate, burst: rate, now: now) }

    /// - Parameter count: Of questions, which are asked all or not at all.
    package mutating func take(_ count: Int = 1, for network: AddressPrefix, now: Int64) -> Bool {
        let rate = max(2, all.rate / Self.share)
        var own = ofNetworks.value(for: network, now: now) ?? TokenBucket(rate: rate, burst: rate, now: now)
        defer { ofNetworks.insert(own, for: network, now: now) }
        for _ in 0..<count { guard own.take(now: now), all.take(now: now) else { return false } }
        return true
    }
}
