import Histogram

/// What was measured, a line each, as words and numbers that a script reads.
enum Report {
    static func state(of server: ServerProcess) -> String {
        "memory \(server.anonymousMemory) descriptors \(server.descriptors) processor \(server.processorSeconds)"
    }

    static func tell(_ loop: OpenLoop, _ members: Members, _ server: ServerProcess, processor: Double) {
        for kind in OpenLoop.Kind.allCases {
            guard let sent = loop.sent[kind], let latency = loop.latencies[kind] else { continue }
            say(
                "\(kind) sent \(sent) lost \(loop.lost[kind] ?? 0) p50 \(latency.valueAtPercentile(50)) "
                    + "p99 \(latency.valueAtPercentile(99)) max \(latency.max)")
        }
        var all = Histogram<UInt64>(highestTrackableValue: OpenLoop.largest)
        for (kind, latency) in loop.latencies where kind != .heartbeat && kind != .comeback { all.add(latency) }
        say("requests p50 \(all.valueAtPercentile(50)) p99 \(all.valueAtPercentile(99)) max \(all.max)")
        for (what, count) in loop.refused.merging(members.refusals, uniquingKeysWith: +).sorted(by: { $0.key < $1.key })
        {
            say("refused \(count) \(what)")
        }
        say("server \(state(of: server)) used \(processor) interval \(loop.longestInterval)")
        say("end")
    }
}
