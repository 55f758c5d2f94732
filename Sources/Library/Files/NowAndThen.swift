internal import Synchronization

/// When something is due again that is looked at now and then. For all threads together.
struct NowAndThen: ~Copyable, Sendable {
    private let interval: Duration
    private let last = Mutex(ContinuousClock.now)

    /// It was just looked at.
    init(every interval: Duration) { self.interval = interval }

    /// True once in an interval.
    func isDue() -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            guard last.duration(to: now) >= interval else { return false }
            last = now
            return true
        }
    }
}
