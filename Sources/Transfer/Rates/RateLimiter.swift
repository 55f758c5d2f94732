import Synchronization

/// Lets no more than a number of bytes a second pass, shared equally by all links that want to: the shell of
/// ``RateSchedule``. There is one each way for the whole node, and one each way for a transfer.
package final class RateLimiter: Sendable {
    /// Who sleeps looks up so often: the rate may be another by then.
    private static let longestSleep: Duration = .milliseconds(200)

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

    var portion: Int { schedule.withLock { $0.portion } }

    /// Waits until so many bytes may pass; not longer when the task is cancelled.
    package func pass(_ bytes: Int) async {
        let place = schedule.withLock { $0.take(bytes, at: watch.elapsed) }
        while true {
            let rest = schedule.withLock { $0.wait(for: place, at: watch.elapsed) }
            guard rest > .zero else { return }
            do { try await clock.sleep(for: min(rest, Self.longestSleep)) } catch { return }
        }
    }
}
