/// Makes and checks the connection ids of BEP 15: that somebody receives what is sent to his address, without the server
/// keeping anything.
///
/// `0 (1) ‖ low byte of the minute (1) ‖ keyed hash of minute and address, cut to 6 bytes`. Good for the minute it was made in
/// and the two that follow: a client may use it for a minute, and a tracker is to take it for two.
package struct ConnectionIDs: Sendable {
    package static let lifetime: Int64 = 3 * 60_000
    private static let minute: Int64 = 60_000

    private let hash: SipHash

    /// With a random key of its own: all loops of a server share one.
    package init(hash: SipHash = SipHash()) { self.hash = hash }

    /// - Parameters:
    ///   - address: Its bytes, as two words.
    ///   - now: Milliseconds of a clock that never jumps.
    package func id(for address: (UInt64, UInt64), port: UInt16, now: Int64) -> UInt64 {
        id(address, port, minute: now / Self.minute)
    }

    package func isValid(_ id: UInt64, for address: (UInt64, UInt64), port: UInt16, now: Int64) -> Bool {
        let minute = now / Self.minute
        let age = UInt8(truncatingIfNeeded: minute) &- UInt8(truncatingIfNeeded: id >> 48)
        guard Int64(age) * Self.minute < Self.lifetime else { return false }
        return self.id(address, port, minute: minute - Int64(age)) == id
    }

    private func id(_ address: (UInt64, UInt64), _ port: UInt16, minute: Int64) -> UInt64 {
        let code = hash.hash(address.0, address.1, UInt64(port), UInt64(bitPattern: minute))
        return UInt64(UInt8(truncatingIfNeeded: minute)) << 48 | code >> 16
    }
}
