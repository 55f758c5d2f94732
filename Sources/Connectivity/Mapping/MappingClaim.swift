/// A mapping of ours that a router has, or may have: whoever asked and heard nothing does not know.
struct MappingClaim: Hashable, Sendable {
    let router: Gateway
    let by: MappingProtocol
    /// By which UPnP tells mappings of a computer apart. The others have one for a port that listens.
    var externalPort: UInt16
    /// When it is gone by itself; nil for never.
    var until: ContinuousClock.Instant?
    /// Whether its removal is to be tried before the end: it was not, or this router is there again.
    var hasHope = true

    /// Whether it is there for less long.
    func isBriefer(than other: MappingClaim) -> Bool {
        guard let until else { return false }
        return other.until.map { until < $0 } ?? true
    }

    func isOver(_ now: ContinuousClock.Instant) -> Bool { until.map { $0 <= now } ?? false }

    /// A request for the one is a request for the other.
    func isSame(as other: MappingClaim) -> Bool {
        router == other.router && by == other.by && (by != .upnp || externalPort == other.externalPort)
    }
}
