/// What waits for something scarce, in turns by address prefix: whoever floods from one network waits
/// behind himself.
///
/// Each prefix has its own line, and the lines take turns. When the queue is full, the newest of the longest line gives
/// way to one whose line is shorter, and stays so: nobody is pushed out by somebody who has as many.
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
    private var lines: [AddressPrefix: [Element]] = [:]
    /// The prefixes that have a line, in the order of their turns.
    private var turns: [AddressPrefix] = []
    private var lengths = PrefixTally()

    package init(capacity: Int) { self.capacity = capacity }

    package mutating func offer(_ element: Element, from prefix: AddressPrefix) -> Offer {
        guard count >= capacity else {
            append(element, to: prefix)
            return .accepted
        }
        guard let longest = lengths.largest, lengths.count(of: longest) > lengths.count(of: prefix) + 1,
            let displaced = lines[longest]?.popLast()
        else { return .refused }
        count -= 1
        lengths.remove(longest)
        append(element, to: prefix)
        return .displaced(displaced)
    }

    /// The one whose turn it is, nil where none waits.
    package mutating func next() -> Element? {
        guard !turns.isEmpty else { return nil }
        let prefix = turns.removeFirst()
        guard var line = lines.removeValue(forKey: prefix), !line.isEmpty else { return nil }
        let element = line.removeFirst()
        if !line.isEmpty {
            lines[prefix] = line
            turns.append(prefix)
        }
        count -= 1
        lengths.remove(prefix)
        return element
    }

    private mutating func append(_ element: Element, to prefix: AddressPrefix) {
        if lines[prefix] == nil { turns.append(prefix) }
        lines[prefix, default: []].append(element)
        count += 1
        lengths.add(prefix)
    }
}

extension FairQueue: Sendable where Element: Sendable {}
extension FairQueue.Offer: Sendable where Element: Sendable {}
