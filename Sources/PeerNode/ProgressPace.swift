import NodeControl
import Synchronization

/// Says how fast it goes, and lets through at most ten progress reports a second where there are more.
final class ProgressPace: Sendable {
    struct Rate: Sendable {
        /// Over the last seconds; nil while there is nothing to go by.
        let bytesPerSecond: Double?
    }

    private struct Sample {
        let at: ContinuousClock.Instant
        let done: Int64
    }

    private static let interval = Duration.milliseconds(100)
    private static let window = Duration.seconds(5)
    private let samples = Mutex<[Sample]>([])

    /// Nil where it is too early for another report. The last one is always let through.
    func rate(done: Int64, isLast: Bool, now: ContinuousClock.Instant = .now) -> Rate? {
        samples.withLock { samples in
            if let last = samples.last, last.at.duration(to: now) < Self.interval, !isLast { return nil }
            return Rate(bytesPerSecond: Self.speed(done, now, &samples))
        }
    }

    /// Bytes a second over the last seconds, for who reports as seldom as he is to; nil while there is nothing to go by.
    func speed(done: Int64, now: ContinuousClock.Instant = .now) -> Double? {
        samples.withLock { Self.speed(done, now, &$0) }
    }

    private static func speed(_ done: Int64, _ now: ContinuousClock.Instant, _ samples: inout [Sample]) -> Double? {
        samples.append(Sample(at: now, done: done))
        samples.removeAll { $0.at.duration(to: now) > window }
        guard let first = samples.first else { return nil }
        let seconds = first.at.duration(to: now) / .seconds(1)
        return seconds >= 0.2 ? Double(done - first.done) / seconds : nil
    }
}

extension NodeProgress {
    /// What is here is read; nil where it is too early to tell anybody.
    init?(reading name: String, _ done: Int64, _ total: Int64, _ pace: ProgressPace) {
        guard let rate = pace.rate(done: done, isLast: done == total) else { return nil }
        self.init(activity: .hashing, name: name, done: done, total: total, rate: rate.bytesPerSecond, sources: 0)
    }
}
