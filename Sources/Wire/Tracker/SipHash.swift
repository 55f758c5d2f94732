/// SipHash-2-4 (Aumasson and Bernstein, 2012) of whole words: a keyed hash that nobody without the key can foretell, for a
/// tenth of what HMAC costs.
package struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    package init(key: (UInt64, UInt64)) { self.key = key }

    /// Random.
    package init() { key = (.random(in: .min ... .max), .random(in: .min ... .max)) }

    /// Of four words, as 32 bytes of which each word is 8, the lowest first.
    package func hash(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> UInt64 {
        var state = State(key: key)
        state.take(first)
        state.take(second)
        state.take(third)
        state.take(fourth)
        return state.end(byteCount: 32)
    }

    private struct State {
        var one, two, three, four: UInt64

        init(key: (UInt64, UInt64)) {
            one = key.0 ^ 0x736F_6D65_7073_6575
            two = key.1 ^ 0x646F_7261_6E64_6F6D
            three = key.0 ^ 0x6C79_6765_6E65_7261
            four = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            four ^= word
            round()
            round()
            one ^= word
        }

        mutating func end(byteCount: UInt64) -> UInt64 {
            take(byteCount << 56)
            three ^= 0xFF
            for _ in 0..<4 { round() }
            return one ^ two ^ three ^ four
        }

        private mutating func round() {
            one &+= two
            two = Self.turned(two, 13) ^ one
            one = Self.turned(one, 32)
            three &+= four
            four = Self.turned(four, 16) ^ three
            one &+= four
            four = Self.turned(four, 21) ^ one
            three &+= two
            two = Self.turned(two, 17) ^ three
            three = Self.turned(three, 32)
        }

        private static func turned(_ word: UInt64, _ count: UInt64) -> UInt64 { word &<< count | word &>> (64 - count) }
    }
}
