/// How many connections may be open that have not said yet who they are.
package struct UnprovenLimits: Hashable, Sendable {
    package var total: Int
    /// Of those, from one host (an IPv4 address, a /64 of IPv6), and from one network (a /24, a /48).
    package var perHost: Int
    package var perNetwork: Int

    package init(total: Int, perHost: Int = 32, perNetwork: Int = 128) {
        self.total = total
        self.perHost = perHost
        self.perNetwork = perNetwork
    }
}

/// The accepted links that have not said yet who they are, oldest first. Where there are too many, the oldest of whoever
/// has most gives way: so neither one host nor one network keeps others out.
package struct UnprovenLinks<ID: Hashable & Sendable>: Sendable {
    /// Where a link came from, in two steps.
    private struct Source: Hashable, Sendable {
        /// What one computer has for itself: an address of IPv4, a /64 of IPv6.
        let host: ArraySlice<UInt8>
        /// What one customer or company has: a /24 of IPv4, a /48 of IPv6.
        let network: ArraySlice<UInt8>

        init(_ address: [UInt8]) {
            host = address.prefix(address.count == 4 ? 4 : 8)
            network = address.prefix(address.count == 4 ? 3 : 6)
        }
    }

    private struct Entry: Sendable {
        let id: ID
        let source: Source
    }

    private let limits: UnprovenLimits
    private var entries: [Entry] = []

    package init(limits: UnprovenLimits) { self.limits = limits }

    package var count: Int { entries.count }

    /// - Parameters:
    ///   - address: 4 or 16 bytes, network order; IPv4 in IPv6 is IPv4.
    ///   - isCrowded: There is no place but one of theirs.
    /// - Returns: Who gives way, and is among them no more.
    package mutating func add(_ id: ID, from address: [UInt8], isCrowded: Bool = false) -> ID? {
        let source = Source(address)
        let yielding = yielding(to: source, isCrowded)
        if let yielding { remove(yielding) }
        entries.append(Entry(id: id, source: source))
        return yielding
    }

    /// False where it was not among them.
    @discardableResult
    package mutating func remove(_ id: ID) -> Bool {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries.remove(at: index)
        return true
    }

    private func yielding(to newcomer: Source, _ isCrowded: Bool) -> ID? {
        let sameHost = entries.filter { $0.source.host == newcomer.host }
        if sameHost.count >= limits.perHost { return sameHost.first?.id }
        let sameNetwork = entries.filter { $0.source.network == newcomer.network }
        if sameNetwork.count >= limits.perNetwork { return Self.most(of: sameNetwork, by: \.host).first?.id }
        guard isCrowded || entries.count >= limits.total else { return nil }
        return Self.most(of: Self.most(of: entries, by: \.network), by: \.host).first?.id
    }

    /// Those of the host or network that has most: of several, the one whose oldest link is the oldest.
    private static func most(of entries: [Entry], by group: (Source) -> ArraySlice<UInt8>) -> [Entry] {
        var counts: [ArraySlice<UInt8>: Int] = [:]
        for entry in entries { counts[group(entry.source), default: 0] += 1 }
        let most = counts.values.max()
        guard let first = entries.first(where: { counts[group($0.source)] == most }) else { return [] }
        return entries.filter { group($0.source) == group(first.source) }
    }
}
