/// How often the desktop may be asked to show something: others decide how much there is to show. Pure.
package struct NotificationPace: Sendable {
    /// At once, and then one more each time so much has passed.
    package static let burst = 3
    package static let refill = Duration.seconds(20)

    private var left = burst
    private var last: Duration?
    /// What was held back since the last one that was shown.
    private var heldBack = 0

    package init() {}

    /// How many were held back before this one, where it may be shown; nil where it is held back itself.
    ///
    /// - Parameter now: Since whenever.
    package mutating func take(at now: Duration) -> Int? {
        let start = last ?? now
        let gained = Int((now - start) / Self.refill)
        left = min(Self.burst, left + gained)
        last = left == Self.burst ? now : start + Self.refill * gained
        guard left > 0 else {
            heldBack += 1
            return nil
        }
        left -= 1
        defer { heldBack = 0 }
        return heldBack
    }
}
