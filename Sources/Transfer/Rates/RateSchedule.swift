/// When bytes may pass so that no more than a number of them pass in a second, as arithmetic: whoever wants to pass
/// takes a place, behind those who came before, and passes when so many bytes have had their time. Who asks for equal
/// portions gets equal shares, and a change of the rate is a change for all who wait.
///
/// Times are those of one clock.
package struct RateSchedule: Sendable {
    /// Where in all that is to pass somebody's bytes begin.
    package struct Place: Hashable, Sendable {
        fileprivate let start: Double
    }

    /// Time that nobody used is made up for, as far as this: what sleeps wakes late.
    private static let credit = 0.1

    /// In bytes a second, at least 1; nil for no limit.
    package private(set) var rate: Int?
    /// Bytes that places were taken for.
    private var taken: Double = 0
    /// Bytes whose time had come at ``reckoned``.
    private var passed: Double = 0
    private var reckoned: Duration = .zero

    package init(rate: Int? = nil) { self.rate = rate.map { max(1, $0) } }

    package mutating func change(to rate: Int?, at now: Duration) {
        reckon(now)
        self.rate = rate.map { max(1, $0) }
    }

    /// A place for so many bytes.
    package mutating func take(_ bytes: Int, at now: Duration) -> Place {
        reckon(now)
        defer { taken += Double(bytes) }
        return Place(start: taken)
    }

    /// How long whoever has this place still has to wait, if the rate stays.
    package mutating func wait(for place: Place, at now: Duration) -> Duration {
        reckon(now)
        // Less than half a byte is rounding.
        guard let rate, place.start - passed >= 0.5 else { return .zero }
        return .seconds((place.start - passed) / Double(rate))
    }

    private mutating func reckon(_ now: Duration) {
        guard let rate else {
            (passed, reckoned) = (taken, now)
            return
        }
        let time = max(.zero, now - reckoned)
        passed = min(passed + time.seconds * Double(rate), taken + Self.credit * Double(rate))
        reckoned = max(reckoned, now)
    }

    /// How many bytes are best asked for at once: few enough that each of many has his turn soon, and that a change of
    /// the rate is felt soon, and enough to make asking cheap. A block is asked for whole.
    package var portion: Int {
        guard let rate else { return .max }
        return min(max(rate / 100, 16_384), 262_144)
    }
}
