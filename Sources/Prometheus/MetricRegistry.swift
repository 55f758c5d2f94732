package import CoreMetrics
import Synchronization

/// What stands behind swift-metrics: makes its counters, meters, recorders and timers, and shows them all in Prometheus'
/// text format (version 0.0.4).
///
/// A metric that was not described is shown too, without a sentence. That one is described as another kind than it is made
/// as is a mistake of ours.
package final class MetricRegistry: MetricsFactory {
    private struct Family {
        var description: MetricDescription
        /// By the labels as they are shown.
        var series: [String: any Instrument] = [:]
    }

    private let families: Mutex<[String: Family]>

    package init(_ descriptions: [MetricDescription] = []) {
        families = Mutex(
            Dictionary(descriptions.map { ($0.name, Family(description: $0)) }) { _, _ in
                preconditionFailure("two metrics of one name")
            })
    }

    /// Has a number looked up each time that the metrics are read: to be quick, and called on any thread.
    package func read(
        _ label: String, _ kind: MetricDescription.Kind, dimensions: [(String, String)] = [],
        _ read: @escaping @Sendable () -> Double?
    ) {
        enter(label, kind, dimensions) { _ in ReadInstrument(read) }
    }

    /// All that was counted, a line a time series, metrics in the order of their names.
    package var exposition: String {
        let families = families.withLock { $0.values.filter { !$0.series.isEmpty } }
        var text = ExpositionText()
        for family in families.sorted(by: { $0.description.name < $1.description.name }) {
            text.begin(family.description)
            for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
                for sample in instrument.samples { text.add(family.description.name, labels, sample) }
            }
        }
        return text.text
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        enter(label, .counter, dimensions) { _ in CounterInstrument() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        enter(label, .gauge, dimensions) { _ in GaugeInstrument() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return enter(label, .gauge, dimensions) { _ in GaugeInstrument() } }
        return enter(label, .histogram, dimensions) { HistogramInstrument(ends: $0.buckets) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        enter(label, .histogram, dimensions) { HistogramInstrument(ends: $0.buckets) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The one that is there, or a new one: who makes the same metric twice counts on in it.
    @discardableResult
    private func enter<Made: Instrument>(
        _ label: String, _ kind: MetricDescription.Kind, _ dimensions: [(String, String)],
        make: (MetricDescription) -> Made
    ) -> Made {
        let name = MetricName.metric(label)
        let labels = ExpositionText.labels(dimensions)
        return families.withLock { families in
            var family = families[name] ?? Family(description: MetricDescription(name, kind, ""))
            precondition(family.description.kind == kind, "\(name) is described as another kind")
            if let known = family.series[labels] as? Made { return known }
            let made = make(family.description)
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for name in families.keys {
                let kept = families[name]?.series.filter { $0.value !== handler }
                families[name]?.series = kept ?? [:]
            }
        }
    }
}
