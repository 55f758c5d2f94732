/// What waits for something scarce, in turns by address prefix: whoever floods from one network waits
/// behind himself.
///
/// Each prefix has its own line, and the lines take turns. When the queue is full, the newest of whoever has most gives
/// way to one who has less, and stays so: nobody is pushed out by somebody who has as many. Who has most is asked of the
/// networks first, then of the hosts in the newcomer's, then of the sockets of his host.
package struct FairQueue<Element> {
    package enum Offer {
        case accepted
        /// Too many wait: the offered one must be told to come again.
        case refused
        /// Accepted, but another one gave way, which must be told to come again.
        case displaced(Element)
    }

    /// All lines together.
    package let capacity: Int

    package private(set) var count = 0
    private var lines: [AddressPrefix: [(origin: Origin, element: Element)]] = [:]
    /// The prefixes that have a line, in the order of their turns.
    private var turns: [AddressPrefix] = []
    private var tally = OriginTally()

    package init(capacity: Int) { self.capacity = capacity }

    package mutating func offer(_ element: Element, from origin: Origin) -> Offer {
        guard count >= capacity else {
            append(element, from: origin)
            return .accepted
        }
        guard let richer = tally.richer(than: origin), let displaced = removeNewest(from: richer) else {
            return .refused
        }
        append(element, from: origin)
        return .displaced(displaced)
    }

    /// The one whose turn it is, nil where none waits.
    package mutating func next() -> Element? {
        guard !turns.isEmpty else { return nil }
        let prefix = turns.removeFirst()
        guard var line = lines.removeValue(forKey: prefix), !line.isEmpty else { return nil }
        let (origin, element) = line.removeFirst()
        if !line.isEmpty {
            lines[prefix] = line
            turns.append(prefix)
        }
        count -= 1
        tally.remove(origin)
        return element
    }

    private mutating func append(_ element: Element, from origin: Origin) {
        if lines[origin.prefix] == nil { turns.append(origin.prefix) }
        lines[origin.prefix, default: []].append((origin, element))
        count += 1
        tally.add(origin)
    }

    private mutating func removeNewest(from origin: Origin) -> Element? {
        guard let index = lines[origin.prefix]?.lastIndex(where: { $0.origin == origin }),
            let element = lines[origin.prefix]?.remove(at: index).element
        else { return nil }
        if lines[origin.prefix]?.isEmpty == true {
            lines[origin.prefix] = nil
            turns.removeAll { $0 == origin.prefix }
        }
        count -= 1
        tally.remove(origin)
        return element
    }
}

extension FairQueue: Sendable where Element: Sendable {}
extension FairQueue.Offer: Sendable where Element: Sendable {}
