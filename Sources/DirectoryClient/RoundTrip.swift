/// The estimate of the round trip time, as RFC 6298 section 2 has it. Times are in milliseconds.
package struct RoundTrip: Sendable {
    /// Before anything was measured.
    package static let initialTimeout: Int64 = 250
    package static let floor: Int64 = 100
    /// Of a single measurement, so that one that is off by a suspended machine does not last.
    private static let ceiling: Double = 10_000

    private var smoothed: Double?
    private var variation: Double = 0

    package init() {}

    /// Takes the time between a datagram that was sent once only and its answer: an answer to one that was
    /// repeated tells nothing (Karn's algorithm).
    package mutating func measured(_ milliseconds: Int64) {
        let sample = min(Double(max(0, milliseconds)), Self.ceiling)
        guard let smoothed else {
            self.smoothed = sample
            variation = sample / 2
            return
        }
        variation = 0.75 * variation + 0.25 * abs(smoothed - sample)
        self.smoothed = 0.875 * smoothed + 0.125 * sample
    }

    /// After which time without an answer a datagram is repeated.
    package var timeout: Int64 {
        guard let smoothed else { return Self.initialTimeout }
        return max(Self.floor, Int64((smoothed + max(1, 4 * variation)).rounded(.up)))
    }
}
