/// What a metric is called, and what it tells: swift-metrics knows labels alone, Prometheus wants a sentence and a type.
package struct MetricDescription: Hashable, Sendable {
    /// Prometheus' types that this program has.
    package enum Kind: String, Sendable {
        /// Only grows; its name ends in `_total`.
        case counter
        case gauge
        case histogram
    }

    /// With its unit: `…_seconds`, `…_bytes`.
    package let name: String
    package let kind: Kind
    /// A sentence for whoever builds a dashboard.
    package let help: String
    /// Of a histogram: the upper ends of its buckets, ascending; that without an end is added.
    package let buckets: [Double]

    package init(_ name: String, _ kind: Kind, _ help: String, buckets: [Double] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.buckets = buckets
    }
}
