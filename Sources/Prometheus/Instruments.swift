import CoreMetrics
import Synchronization

// What swift-metrics hands its numbers to. Whoever counts holds one of these and pays an atomic addition: no lock, no
// look-up, no text.

/// What a time series shows when it is asked.
protocol Instrument: AnyObject, Sendable {
    /// The samples: each with what is put behind the metric's name, and a label of its own where it has one.
    var samples: [Sample] { get }
}

struct Sample: Hashable, Sendable {
    var suffix = ""
    var label: (name: String, value: String)?
    var value: Double

    static func == (left: Sample, right: Sample) -> Bool {
        left.suffix == right.suffix && left.label?.name == right.label?.name
            && left.label?.value == right.label?.value && left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(suffix)
        hasher.combine(value)
    }
}

final class CounterInstrument: CounterHandler, Instrument {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    var samples: [Sample] { [Sample(value: Double(count.load(ordering: .relaxed)))] }
}

final class GaugeInstrument: MeterHandler, RecorderHandler, Instrument {
    private let number = AtomicDouble()

    func set(_ value: Int64) { number.store(Double(value)) }
    func set(_ value: Double) { number.store(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    var samples: [Sample] { [Sample(value: number.load())] }
}

/// Counts values in fixed buckets.
final class HistogramInstrument: TimerHandler, RecorderHandler, Instrument {
    /// Each of its own, as no array holds atomics.
    private final class Bucket: Sendable {
        let count = Atomic<Int64>(0)
    }

    private let ends: [Double]
    /// One more than there are ends.
    private let buckets: [Bucket]
    private let sum = AtomicDouble()

    init(ends: [Double]) {
        self.ends = ends
        buckets = (0...ends.count).map { _ in Bucket() }
    }

    func record(_ value: Double) {
        var index = 0
        while index < ends.count, value > ends[index] { index += 1 }
        buckets[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func record(_ value: Int64) { record(Double(value)) }
    /// In seconds, as Prometheus has all times.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    var samples: [Sample] {
        var total: Int64 = 0
        var samples: [Sample] = []
        for (index, bucket) in buckets.enumerated() {
            total += bucket.count.load(ordering: .relaxed)
            let end = index < ends.count ? NumberText.of(ends[index]) : "+Inf"
            samples.append(Sample(suffix: "_bucket", label: ("le", end), value: Double(total)))
        }
        samples.append(Sample(suffix: "_sum", value: sum.load()))
        // Of the very buckets above, so that they agree while others count.
        samples.append(Sample(suffix: "_count", value: Double(total)))
        return samples
    }
}

/// What is known elsewhere, and looked up when it is asked for; nil where that fails, and then it is not shown.
final class ReadInstrument: Instrument {
    private let read: @Sendable () -> Double?

    init(_ read: @escaping @Sendable () -> Double?) { self.read = read }

    var samples: [Sample] { read().map { [Sample(value: $0)] } ?? [] }
}

/// A number with a fraction that several threads change.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let next = (Double(bitPattern: known) + amount).bitPattern
            let (isDone, current) = bits.weakCompareExchange(expected: known, desired: next, ordering: .relaxed)
            if isDone { return }
            known = current
        }
    }
}
