import CoreMetrics
import Prometheus
import Testing

/// The text that Prometheus reads.
struct ExpositionTests {
    private let registry = MetricRegistry([
        MetricDescription("requests_total", .counter, "Requests\nby \\ kind."),
        MetricDescription("sessions", .gauge, "Sessions."),
        MetricDescription("answer_seconds", .histogram, "Until the answer.", buckets: [0.001, 0.5, 2]),
    ])

    @Test func isAsPrometheusReadsIt() {
        Counter(label: "requests_total", dimensions: [("kind", "search"), ("outcome", "ok")], factory: registry)
            .increment(by: 3)
        Counter(label: "requests_total", dimensions: [("outcome", "busy"), ("kind", "login")], factory: registry)
            .increment()
        Meter(label: "sessions", factory: registry).set(2.5)
        let timer = Timer(label: "answer_seconds", dimensions: [("kind", "search")], factory: registry)
        for nanoseconds in [1_000_000, 1_000_001, 500_000_000, 3_000_000_000] {
            timer.recordNanoseconds(Int64(nanoseconds))
        }
        registry.read("uptime", .gauge) { 7 }
        registry.read("unknown", .gauge) { nil }
        #expect(
            registry.exposition == """
                # HELP answer_seconds Until the answer.
                # TYPE answer_seconds histogram
                answer_seconds_bucket{kind="search",le="0.001"} 1
                answer_seconds_bucket{kind="search",le="0.5"} 3
                answer_seconds_bucket{kind="search",le="2"} 3
                answer_seconds_bucket{kind="search",le="+Inf"} 4
                answer_seconds_sum{kind="search"} 3.502000001
                answer_seconds_count{kind="search"} 4
                # HELP requests_total Requests\\nby \\\\ kind.
                # TYPE requests_total counter
                requests_total{kind="login",outcome="busy"} 1
                requests_total{kind="search",outcome="ok"} 3
                # HELP sessions Sessions.
                # TYPE sessions gauge
                sessions 2.5
                # TYPE unknown gauge
                # TYPE uptime gauge
                uptime 7

                """)
    }

    /// Whatever a label says, it stays one value on one line.
    @Test(arguments: [
        ("plain", "plain"), ("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("é文", "é文"), ("", ""),
        ("\"} 1\nevil_total 9", #"\"} 1\nevil_total 9"#),
    ]) func valuesAreEscaped(value: String, written: String) {
        Counter(label: "c_total", dimensions: [("v", value)], factory: registry).increment()
        #expect(registry.exposition == "# TYPE c_total counter\nc_total{v=\"\(written)\"} 1\n")
    }

    @Test func namesAreMadeFit() {
        Counter(label: "9.http-requests é:total", dimensions: [("a:b-c", "x"), ("1", "y")], factory: registry)
            .increment()
        #expect(
            registry.exposition
                == "# TYPE _9_http_requests__:total counter\n_9_http_requests__:total{_1=\"y\",a_b_c=\"x\"} 1\n")
    }

    @Test(arguments: [
        (0.0, "0"), (-3, "-3"), (1e15, "1000000000000000"), (0.1, "0.1"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992.0"),
    ]) func numbers(value: Double, written: String) {
        Meter(label: "m", factory: registry).set(value)
        #expect(registry.exposition == "# TYPE m gauge\nm \(written)\n")
    }

    @Test func whatIsMadeTwiceIsOneAndWhatIsDestroyedIsGone() {
        let counter = Counter(label: "requests_total", factory: registry)
        counter.increment()
        Counter(label: "requests_total", factory: registry).increment(by: 2)
        #expect(registry.exposition.hasSuffix("\nrequests_total 3\n"))
        counter.reset()
        #expect(registry.exposition.hasSuffix("\nrequests_total 0\n"))
        counter.destroy()
        #expect(registry.exposition.isEmpty)
    }

    @Test func gaugesRiseAndFall() {
        let meter = Meter(label: "sessions", factory: registry)
        meter.set(4)
        meter.increment(by: 1.5)
        meter.decrement(by: 3)
        #expect(registry.exposition.hasSuffix("\nsessions 2.5\n"))
        Gauge(label: "sessions", factory: registry).record(9)
        #expect(registry.exposition.hasSuffix("\nsessions 9\n"))
    }

    /// Nothing is lost where several threads count at once.
    @Test func isExactFromManyThreads() async {
        let counter = Counter(label: "requests_total", factory: registry)
        let recorder = Recorder(label: "answer_seconds", aggregate: true, factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        recorder.record(0.25)
                    }
                }
            }
        }
        #expect(registry.exposition.contains("\nrequests_total 8000\n"))
        #expect(registry.exposition.contains("answer_seconds_sum 2000\nanswer_seconds_count 8000\n"))
    }
}
