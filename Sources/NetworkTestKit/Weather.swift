/// What a path does to datagrams, one way. Rates are from 0 to 1.
package struct Weather: Hashable, Sendable {
    package var drop: Double
    package var duplicate: Double
    /// Held back for 5 to 40 ms, so that later ones overtake it.
    package var reorder: Double
    /// One bit is flipped.
    package var corrupt: Double
    /// Added to every datagram's way, in milliseconds.
    package var delay: ClosedRange<Int64>

    package init(
        drop: Double = 0, duplicate: Double = 0, reorder: Double = 0, corrupt: Double = 0,
        delay: ClosedRange<Int64> = 0...0
    ) {
        self.drop = drop
        self.duplicate = duplicate
        self.reorder = reorder
        self.corrupt = corrupt
        self.delay = delay
    }

    package static let fair = Weather()
    /// The line that must do: 30 % lost, 10 % twice, 20 % out of order.
    package static let foul = Weather(drop: 0.3, duplicate: 0.1, reorder: 0.2)

    /// What becomes of one datagram: the copies that arrive, each after so many milliseconds.
    func fate(
        of datagram: [UInt8], using random: inout some RandomNumberGenerator
    ) -> [(after: Int64, bytes: [UInt8])] {
        guard !chance(drop, &random) else { return [] }
        return (0..<(chance(duplicate, &random) ? 2 : 1)).map { _ in
            var bytes = datagram
            if !bytes.isEmpty, chance(corrupt, &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            var after = Int64.random(in: delay, using: &random)
            if chance(reorder, &random) { after += Int64.random(in: 5...40, using: &random) }
            return (after, bytes)
        }
    }

    private func chance(_ rate: Double, _ random: inout some RandomNumberGenerator) -> Bool {
        rate > 0 && Double.random(in: 0..<1, using: &random) < rate
    }
}
