import Synchronization

/// Who was online a moment ago: of many downloads that fail together, one asks the directory for all names.
package final class OnlineMembers: Sendable {
    /// About as long as the directory takes who died for present.
    private static let lasting = Duration.seconds(5)

    private let told = Mutex<(names: [String], at: Duration)?>(nil)

    package init() {}

    /// - Parameters:
    ///   - now: of one clock, as all times.
    ///   - since: what was told before does not do.
    ///   - ask: nil where the directory does not say, which is not kept.
    package func names(at now: Duration, since: Duration = .zero, _ ask: () async -> [String]?) async -> [String]? {
        if let told = told.withLock({ $0 }), now < told.at + Self.lasting, told.at >= since { return told.names }
        guard let names = await ask() else { return nil }
        told.withLock { $0 = (names, now) }
        return names
    }
}
