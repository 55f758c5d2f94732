import NodeControl
import Synchronization

/// Lets through so many progress reports a second, ten where nothing else is said, and says how fast it goes.
final class ProgressPace: Sendable {
    struct Rate: Sendable {
        /// Over the last seconds; nil while there is nothing to go by.
        let bytesPerSecond: Double?
    }

    private struct Sample {
        let at: ContinuousClock.Instant
        let done: Int64
    }

    private static let window = Duration.seconds(5)
    private let interval: Duration
    private let samples = Mutex<[Sample]>([])

    init(interval: Duration = .milliseconds(100)) { self.interval = interval }

    /// Nil where it is too early for another report. The last one is always let through.
    func rate(done: Int64, isLast: Bool, now: ContinuousClock.Instant = .now) -> Rate? {
        samples.withLock { samples in
            if let last = samples.last, last.at.duration(to: now) < interval, !isLast { return nil }
            samples.append(Sample(at: now, done: done))
            samples.removeAll { $0.at.duration(to: now) > Self.window }
            guard let first = samples.first else { return Rate(bytesPerSecond: nil) }
            let seconds = first.at.duration(to: now) / .seconds(1)
            guard seconds >= 0.2 else { return Rate(bytesPerSecond: nil) }
            return Rate(bytesPerSecond: Double(done - first.done) / seconds)
        }
    }
}

extension NodeProgress {
    /// What is here is read; nil where it is too early to tell anybody.
    init?(reading name: String, _ done: Int64, _ total: Int64, _ pace: ProgressPace) {
        guard let rate = pace.rate(done: done, isLast: done == total) else { return nil }
        self.init(activity: .hashing, name: name, done: done, total: total, rate: rate.bytesPerSecond, sources: 0)
    }
}
