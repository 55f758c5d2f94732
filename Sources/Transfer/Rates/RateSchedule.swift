/// When bytes may pass so that no more than a number of them pass in a second, as arithmetic: whoever wants to pass
/// reserves his moment, behind those who came before. Who asks for equal portions gets equal shares.
///
/// Times are those of one clock.
package struct RateSchedule: Sendable {
    /// Time that nobody used is made up for, as far as this: what sleeps wakes late.
    private static let credit: Duration = .milliseconds(100)

    /// In bytes a second, at least 1; nil for no limit.
    package private(set) var rate: Int?
    private var free: Duration = .zero

    package init(rate: Int? = nil) { self.rate = rate.map { max(1, $0) } }

    /// What was reserved before stays so; who comes now waits behind it for as long as it would take at the new rate.
    package mutating func change(to rate: Int?, at now: Duration) {
        let changed = rate.map { max(1, $0) }
        if let old = self.rate, let changed, free > now {
            free = now + (free - now) * (Double(old) / Double(changed))
        }
        self.rate = changed
    }

    /// Whether whoever comes now has to wait.
    package func isBehind(at now: Duration) -> Bool { rate != nil && free > now }

    /// The moment at which so many bytes may pass.
    package mutating func reserve(_ bytes: Int, at now: Duration) -> Duration {
        guard let rate else { return now }
        let start = max(free, now - Self.credit)
        free = start + .seconds(Double(bytes) / Double(rate))
        return max(start, now)
    }

    /// How many bytes are best asked for at once: few enough that each of many has his turn soon, and that a change of
    /// the rate is felt soon, and enough to make asking cheap. A block is asked for whole.
    package var portion: Int {
        guard let rate else { return .max }
        return min(max(rate / 100, 16_384), 262_144)
    }
}
