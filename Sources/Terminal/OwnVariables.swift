/// What the environment may hold of ours. One is no use, and a mistake, that no program knows: what it was to do is not done.
package enum OwnVariables {
    private static let prefix = "BITTRICKLE_"
    private static let client = ["NETWORK", "PASSWORD", "NEW_PASSWORD", "NEARBY"]
    /// For commands of saved searches, which may be our own program.
    private static let told = ["SEARCH", "NAME", "OWNER", "SIZE", "ROOT"]
    /// For building, tests and benchmarks.
    private static let work = [
        "VERSION", "TEST_SEED", "TEST_FULL", "UPDATE_GOLDEN", "FUZZ", "BENCH_ISOLATED", "MAPPING_SEED",
    ]
    /// The server's settings, which are said where those are, and where they come from.
    package static let server = [
        "PORT", "DATA", "STORE", "CREDENTIALS", "HOST", "HEARTBEAT", "SILENCE", "HEARTBEAT_RATE", "DEVICES",
        "PUBLICATIONS_PER_MEMBER", "OPEN_INVITES", "RESULTS_PER_OWNER", "BITTORRENT_TRACKER", "LOOPS", "METRICS",
        "LOG_LEVEL", "LOG_MESSAGES", "CONFIG", "TCP_PORT", "ANNOUNCE_LOCALLY", "RELAY", "RELAY_PAIRS", "RELAY_RATE",
        "RELAY_QUOTA", "RELAYS",
    ]
    .map { prefix + $0 }

    /// Sentences about those that mean nothing, sorted by name.
    ///
    /// - Parameter names: of all that the environment holds.
    package static func warnings(of names: some Sequence<String>) -> [String] {
        let known = (client + told + work).map { prefix + $0 } + server
        return names.filter { $0.hasPrefix(prefix) && !known.contains($0) }.sorted().map { name in
            let word = String(name.dropFirst(prefix.count))
            let nearest = Nearest.choice(
                to: word, among: known.map { String($0.dropFirst(prefix.count)).lowercased() })
            let hint = nearest.map { " Did you mean \(prefix)\($0.uppercased())?" } ?? ""
            return "\(SafeText(name).truncated(to: 60)) in the environment means nothing to this program.\(hint)"
        }
    }
}
