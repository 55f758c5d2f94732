/// What waits for something scarce, in turns by address prefix: whoever floods from one network waits
/// behind himself.
struct FairQueue<Element> {
    /// All lines together, and one prefix's.
    let capacity: Int
    let share: Int

    private(set) var count = 0
    private var lines: [AddressPrefix: [Element]] = [:]
    /// The prefixes that have a line, in the order of their turns.
    private var turns: [AddressPrefix] = []

    init(capacity: Int, share: Int) {
        self.capacity = capacity
        self.share = share
    }

    func hasRoom(for prefix: AddressPrefix) -> Bool {
        count < capacity && (lines[prefix]?.count ?? 0) < share
    }

    /// False, and nothing is taken, where there is no room.
    mutating func append(_ element: Element, from prefix: AddressPrefix) -> Bool {
        guard hasRoom(for: prefix) else { return false }
        if lines[prefix] == nil { turns.append(prefix) }
        lines[prefix, default: []].append(element)
        count += 1
        return true
    }

    mutating func next() -> Element? {
        guard !turns.isEmpty else { return nil }
        let prefix = turns.removeFirst()
        guard var line = lines.removeValue(forKey: prefix), !line.isEmpty else { return nil }
        let element = line.removeFirst()
        if !line.isEmpty {
            lines[prefix] = line
            turns.append(prefix)
        }
        count -= 1
        return element
    }
}
