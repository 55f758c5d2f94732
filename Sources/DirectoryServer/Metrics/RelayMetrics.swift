import CoreMetrics
import Relay
import Wire

/// What a relay counts, through swift-metrics. Made at the start, so that counting is an atomic addition.
final class RelayMetrics: RelayObserver {
    private let bytes: Counter
    private let pairings: Counter
    /// By the number of the status.
    private let refusals: [Counter]
    private let pairs: Meter
    private let waiting: Meter
    private let unproven: Meter

    init(factory: any MetricsFactory) {
        func counter(_ metric: ServerMetric, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: metric.rawValue, dimensions: dimensions, factory: factory)
        }
        func meter(_ metric: ServerMetric) -> Meter { Meter(label: metric.rawValue, factory: factory) }

        bytes = counter(.relayBytes)
        pairings = counter(.relayPaired)
        refusals = RelayStatus.allCases.filter { $0 != .paired }.map {
            counter(.relayRefusals, [("reason", SnakeCase.of("\($0)"))])
        }
        pairs = meter(.relayPairs)
        waiting = meter(.relayWaiting)
        unproven = meter(.relayUnproven)
    }

    func carried(_ bytes: Int) { self.bytes.increment(by: bytes) }
    func paired() { pairings.increment() }

    func refused(_ status: RelayStatus) {
        guard status != .paired else { return }
        // Their numbers follow on 0, which is no refusal.
        refusals[Int(status.rawValue) - 1].increment()
    }

    func stands(_ load: RelayLoad) {
        pairs.set(load.pairs)
        waiting.set(load.waiting)
        unproven.set(load.unproven)
    }
}
