import Directory
import Wire

/// The sessions that are not signed in, in the order in which they became so, by where each was opened. All in
/// constant time.
struct Strangers: Sendable {
    private var lines = Lines<Origin, SessionID>()
    private var tally = OriginTally()

    var count: Int { lines.count }

    func count(of prefix: AddressPrefix) -> Int { tally.count(of: prefix) }

    /// Whose place goes to a newcomer: the oldest of whoever has most, so that neither one network nor many together
    /// can keep others out.
    var first: SessionID? { tally.richest.flatMap { lines.first(of: $0) } }

    /// The same among those of one network, so that no address of it can keep out the others.
    func first(in prefix: AddressPrefix) -> SessionID? { tally.richest(in: prefix).flatMap { lines.first(of: $0) } }

    mutating func insert(_ id: SessionID, from origin: Origin) {
        remove(id)
        lines.append(id, to: origin)
        tally.add(origin)
    }

    mutating func remove(_ id: SessionID) {
        if let origin = lines.remove(id) { tally.remove(origin) }
    }
}
