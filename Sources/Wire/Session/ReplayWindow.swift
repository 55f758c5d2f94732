/// Which counters of a session were received already (RFC 4303 §3.4.3): a bit for each in a ring, as RFC 6479 has it, but emptied
/// to the bit, so that it is as wide as it is long.
///
/// Invariant: every counter up to `highest` that lies within ``width`` of it has its bit set exactly
/// where it was recorded; older ones count as recorded. Counter 0 is the opening's own confirmation
/// and never fresh.
package struct SlidingWindow<let wordCount: Int>: Sendable {
    /// How far a counter may lie behind the highest one and still be taken.
    package static var width: UInt64 { UInt64(wordCount) * 64 }

    private var words: InlineArray<wordCount, UInt64> = .init(repeating: 0)
    package private(set) var highest: UInt64 = 0

    package init() {}

    /// Says whether a datagram with this counter may still be taken. Ask before decrypting.
    package func isFresh(_ counter: UInt64) -> Bool {
        guard counter > 0 else { return false }
        if counter > highest { return true }
        guard highest - counter < Self.width else { return false }
        return words[Self.word(of: counter)] & Self.bit(of: counter) == 0
    }

    /// Records a counter. Only for a datagram that proved authentic: a forged one must not move the
    /// window.
    package mutating func record(_ counter: UInt64) {
        guard isFresh(counter) else { return }
        if counter > highest {
            let passed = counter - highest
            if passed >= Self.width {
                words = .init(repeating: 0)
            } else {
                forget(passed, behind: highest)
            }
            highest = counter
        }
        words[Self.word(of: counter)] |= Self.bit(of: counter)
    }

    /// Takes the bits of so many counters for what comes now.
    private mutating func forget(_ count: UInt64, behind counter: UInt64) {
        var (next, left) = (counter + 1, count)
        while left > 0 {
            let here = min(64 - next % 64, left)
            words[Self.word(of: next)] &= ~((UInt64.max >> (64 - here)) << (next % 64))
            next &+= here
            left -= here
        }
    }

    private static func word(of counter: UInt64) -> Int { Int(counter / 64 % UInt64(wordCount)) }
    private static func bit(of counter: UInt64) -> UInt64 { 1 << (counter % 64) }
}

/// The client's: a window of pages has 1,024 datagrams on their way to it.
package typealias ReplayWindow = SlidingWindow<32>

/// The server's, of which there may be a million: no client has more than 32 requests on their way.
package typealias ServerReplayWindow = SlidingWindow<4>
