/// When one datagram is sent again until it is answered. Times are in milliseconds.
///
/// During the first 5 s the waits never exceed 250 ms, because someone waits at the keyboard and a
/// request costs a few hundred bytes; then they double (RFC 8085 section 3.1.1). All of them are stretched
/// by a factor that is drawn once, so that clients that lost the server together do not come back together.
package struct Retransmission: Sendable {
    package static let eagerPhase: Int64 = 5_000
    package static let eagerCap: Int64 = 250

    private let started: Int64
    private let slowest: Int64
    private let stretch: Double
    private var wait: Int64
    /// How often it was sent.
    package private(set) var sends = 0
    /// When it is to be sent next.
    package private(set) var nextAt: Int64

    /// - Parameters:
    ///   - first: the wait after the first sending, see ``RoundTrip/timeout``.
    ///   - slowest: what no wait exceeds (but for the stretch).
    ///   - jitter: random, from 0 to 1.
    package init(now: Int64, first: Int64, slowest: Int64 = 8_000, jitter: Double) {
        started = now
        self.slowest = slowest
        stretch = 0.9 + 0.2 * min(max(jitter, 0), 1)
        wait = max(1, first)
        nextAt = now
    }

    package func isDue(_ now: Int64) -> Bool { now >= nextAt }

    /// Notes that the datagram was sent.
    package mutating func sent(now: Int64) {
        if now - started < Self.eagerPhase {
            if sends > 0 { wait *= 2 }
            wait = min(wait, Self.eagerCap)
        } else {
            wait = min(wait * 2, slowest)
        }
        sends += 1
        nextAt = now + Int64(Double(wait) * stretch)
    }

    /// Puts the next sending off, because the server said so or because answers are still coming in.
    package mutating func postpone(to time: Int64) { nextAt = time }
}
