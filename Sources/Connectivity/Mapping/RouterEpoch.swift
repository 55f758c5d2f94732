/// For how long the router says that it has known mappings: whether it forgot them shows by it.
struct RouterEpoch: Sendable {
    private var last: (seconds: UInt32, at: ContinuousClock.Instant)?

    /// Notes what the router says now. False where that does not fit what it said before, because it began anew (RFC 6887 §8.5, which includes
    /// what RFC 6886 §3.6 asks for).
    mutating func fits(_ seconds: UInt32, now: ContinuousClock.Instant) -> Bool {
        defer { last = (seconds, now) }
        guard let last else { return true }
        guard Int64(seconds) + 1 >= Int64(last.seconds) else { return false }
        let here = (now - last.at).components.seconds
        let there = Int64(seconds) - Int64(last.seconds)
        return here + 2 >= there - there / 16 && there + 2 >= here - here / 16
    }
}
