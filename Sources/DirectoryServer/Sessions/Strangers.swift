import Directory

/// What belongs to nobody who is signed in, sessions or streams, in the order in which each became so, by where it was
/// opened. All in constant time.
struct Strangers<Element: Hashable & Sendable>: Sendable {
    private var lines = Lines<Origin, Element>()
    private var tally = OriginTally()

    var count: Int { lines.count }

    func count(of prefix: AddressPrefix) -> Int { tally.count(of: prefix) }

    /// Whose place goes to a newcomer: the oldest of whoever has most, so that neither one network nor many together
    /// can keep others out.
    var first: Element? { tally.richest.flatMap { lines.first(of: $0) } }

    /// The same among those of one network, so that no address of it can keep out the others.
    func first(in prefix: AddressPrefix) -> Element? { tally.richest(in: prefix).flatMap { lines.first(of: $0) } }

    mutating func insert(_ id: Element, from origin: Origin) {
        remove(id)
        lines.append(id, to: origin)
        tally.add(origin)
    }

    mutating func remove(_ id: Element) {
        if let origin = lines.remove(id) { tally.remove(origin) }
    }
}
