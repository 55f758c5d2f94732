package import Directory

/// What waits for the expensive half of a session's opening, in turns by address prefix.
///
/// Whoever floods from one network waits behind himself: each prefix has its own line, the lines take
/// turns, and when the queue is full the longest line gives way. A token bucket bounds what is begun.
package struct OpeningQueue<Item: Sendable>: Sendable {
    package enum Offer: Sendable {
        case accepted
        /// Too many wait: the offered one must be told Busy.
        case refused
        /// Accepted, but another one gave way, which must be told Busy.
        case displaced(Item)
    }

    /// All lines together.
    package let capacity: Int
    /// Openings a second, and how many of them at once after a quiet time.
    package let rate: Int
    package let burst: Int

    package private(set) var count = 0
    private var lines: [AddressPrefix: [Item]] = [:]
    /// The prefixes that have a line, in the order of their turns.
    private var turns: [AddressPrefix] = []
    /// Thousandths of an opening.
    private var tokens: Int64
    private var refilled: Int64

    /// - Parameter now: Milliseconds, monotonic, as everywhere here.
    package init(capacity: Int = 1_024, rate: Int = 1_000, burst: Int = 100, now: Int64) {
        self.capacity = capacity
        self.rate = rate
        self.burst = burst
        tokens = Int64(burst) * 1_000
        refilled = now
    }

    package mutating func offer(_ item: Item, from prefix: AddressPrefix) -> Offer {
        guard count >= capacity else {
            append(item, to: prefix)
            return .accepted
        }
        let own = lines[prefix]?.count ?? 0
        guard let longest = lines.max(by: { $0.value.count < $1.value.count }), longest.value.count > own + 1,
            let displaced = lines[longest.key]?.popLast()
        else { return .refused }
        count -= 1
        append(item, to: prefix)
        return .displaced(displaced)
    }

    /// The next one to begin, nil where none waits or the rate is used up.
    package mutating func next(now: Int64) -> Item? {
        refill(now: now)
        guard tokens >= 1_000, !turns.isEmpty else { return nil }
        let prefix = turns.removeFirst()
        guard var line = lines.removeValue(forKey: prefix), !line.isEmpty else { return nil }
        let item = line.removeFirst()
        if !line.isEmpty {
            lines[prefix] = line
            turns.append(prefix)
        }
        count -= 1
        tokens -= 1_000
        return item
    }

    /// Milliseconds until another may begin; nil where none waits.
    package func delay(now: Int64) -> Int64? {
        guard count > 0 else { return nil }
        let missing = 1_000 - min(tokens + (now - refilled) * Int64(rate), 1_000)
        return (missing + Int64(rate) - 1) / Int64(rate)
    }

    private mutating func append(_ item: Item, to prefix: AddressPrefix) {
        if lines[prefix] == nil { turns.append(prefix) }
        lines[prefix, default: []].append(item)
        count += 1
    }

    private mutating func refill(now: Int64) {
        let elapsed = min(max(now - refilled, 0), 60_000)
        refilled = now
        tokens = min(tokens + elapsed * Int64(rate), Int64(burst) * 1_000)
    }
}
