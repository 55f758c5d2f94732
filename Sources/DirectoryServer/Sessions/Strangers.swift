import Directory
import Wire

/// The sessions that are not signed in, in the order in which they became so, by the network from which each was
/// opened. All in constant time.
struct Strangers: Sendable {
    private var lines = Lines<AddressPrefix, SessionID>()
    private var counts = PrefixTally()

    func count(of prefix: AddressPrefix) -> Int { counts.count(of: prefix) }

    /// Whose place goes to a newcomer: the oldest of the network that has most, so that neither one network nor
    /// many together can keep others out.
    var first: SessionID? { counts.largest.flatMap { lines.first(of: $0) } }

    mutating func insert(_ id: SessionID, from prefix: AddressPrefix) {
        remove(id)
        lines.append(id, to: prefix)
        counts.add(prefix)
    }

    mutating func remove(_ id: SessionID) {
        if let prefix = lines.remove(id) { counts.remove(prefix) }
    }
}
