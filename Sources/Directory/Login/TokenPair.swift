package import Content
import Crypto

/// What is kept of the resumption tokens of one device.
///
/// A token is 32 random bytes. Kept is HMAC-SHA256(key: token, mark of the account): it tells nothing about
/// either, and holds no more once the password is another one. A token is replaced when it is used, and stays
/// valid until its successor is used, because the answer that carried that one may have been lost.
package struct TokenPair: Hashable, Sendable {
    package static let tokenByteCount = 32
    /// Devices of one member whose tokens are kept: he may name as many as he likes.
    package static let devicesPerMember = 64

    package var current: Hash256
    package var previous: Hash256?
    /// Milliseconds since 1970.
    package var expires: Int64

    package init(current: Hash256, previous: Hash256?, expires: Int64) {
        self.current = current
        self.previous = previous
        self.expires = expires
    }

    package static func seal(_ token: [UInt8], mark: Hash256) -> Hash256 {
        Hash256(authenticating: mark.bytes, with: SymmetricKey(data: token))
    }

    /// The pair after a login with a token, nil where that is none of the two or their time is over.
    func rotated(seen token: [UInt8], next: [UInt8], mark: Hash256, now: Int64, lifetime: Int64) -> TokenPair? {
        guard token.count == Self.tokenByteCount, now < expires else { return nil }
        let seal = Self.seal(token, mark: mark)
        let isCurrent = seal.isEqualInConstantTime(to: current)
        let isPrevious = seal.isEqualInConstantTime(to: previous ?? .zero) && previous != nil
        guard isCurrent || isPrevious else { return nil }
        return TokenPair(current: Self.seal(next, mark: mark), previous: seal, expires: now + lifetime)
    }

    /// The pair after a login with the password. The token of a login just before stays valid: both answers
    /// may be on their way.
    static func issued(after former: TokenPair?, next: [UInt8], mark: Hash256, now: Int64, lifetime: Int64) -> TokenPair
    {
        TokenPair(current: seal(next, mark: mark), previous: former?.current, expires: now + lifetime)
    }
}
