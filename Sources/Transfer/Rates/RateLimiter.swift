import Synchronization

/// Lets no more than a number of bytes a second pass, shared equally by all links that want to: the shell of
/// ``RateSchedule``. There is one each way for the whole node, and one each way for a transfer.
package final class RateLimiter: Sendable {
    private let schedule: Mutex<RateSchedule>
    private let clock: any Clock<Duration>
    private let watch: Stopwatch

    /// - Parameter rate: In bytes a second; nil for no limit.
    package init(rate: Int? = nil, clock: any Clock<Duration> = ContinuousClock()) {
        schedule = Mutex(RateSchedule(rate: rate))
        self.clock = clock
        watch = Stopwatch(clock)
    }

    /// In bytes a second; nil for no limit.
    package var rate: Int? {
        get { schedule.withLock { $0.rate } }
        set { schedule.withLock { $0.change(to: newValue, at: watch.elapsed) } }
    }

    /// Whether whoever wants to pass now has to wait.
    var isBehind: Bool { schedule.withLock { $0.isBehind(at: watch.elapsed) } }

    var portion: Int { schedule.withLock { $0.portion } }

    /// Waits until so many bytes may pass; not longer when the task is cancelled.
    func pass(_ bytes: Int) async {
        let delay = schedule.withLock { schedule in
            let now = watch.elapsed
            return schedule.reserve(bytes, at: now) - now
        }
        if delay > .zero { try? await clock.sleep(for: delay) }
    }
}
