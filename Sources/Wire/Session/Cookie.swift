import Crypto
import FoundationEssentials

/// Proves that its holder receives what is sent to his address, without the server keeping anything.
///
/// `minute (1) ‖ HMAC-SHA256(secret, minute ‖ address) cut to 15 bytes`. The first byte is the low byte of
/// the minute in which it was made, so that checking costs one hash, whatever a stranger sends. It is
/// good for the minute it was made in and the following one. To fill the server with openings an
/// attacker needs an address of his own for each stream of them: those can be limited.
struct Cookie: Hashable, Sendable {
    static let byteCount = 16
    let bytes: [UInt8]
}

/// What makes and checks cookies: random, one per process, never sent.
package struct CookieSecret: Sendable {
    private let key: SymmetricKey

    package init() { key = SymmetricKey(size: .bits256) }
    package init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// - Parameter now: milliseconds of a clock that does not jump by minutes.
    func cookie(for address: [UInt8], now: Int64) -> Cookie { cookie(for: address, minute: now / 60_000) }

    func isValid(_ cookie: Cookie, for address: [UInt8], now: Int64) -> Bool {
        let minute = now / 60_000
        guard let stamp = cookie.bytes.first else { return false }
        let age = UInt8(truncatingIfNeeded: minute) &- stamp
        guard age <= 1 else { return false }
        return equalInConstantTime(self.cookie(for: address, minute: minute - Int64(age)).bytes, cookie.bytes)
    }

    private func cookie(for address: [UInt8], minute: Int64) -> Cookie {
        let code = HMAC<SHA256>.authenticationCode(for: bigEndianBytes(minute) + address, using: key)
        return Cookie(bytes: [UInt8(truncatingIfNeeded: minute)] + code.prefix(Cookie.byteCount - 1))
    }
}
