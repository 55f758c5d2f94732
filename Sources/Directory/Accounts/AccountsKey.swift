package import Content
import Crypto
package import Wire

/// Makes of user name and password the mark by which an account of the credentials file is remembered:
/// HMAC-SHA256, so that neither memory nor a dump of it holds passwords.
///
/// The key follows from a secret of the network, so that it is the same after a restart: tokens are bound
/// to the mark, and end with the password even where that was changed while no server ran.
package struct AccountsKey: Sendable {
    private let key: SymmetricKey
    private let sealKey: SymmetricKey
    private let passkeyKey: SymmetricKey

    /// - Parameter secret: What only this network's servers know, and keep: the raw bytes of its private key.
    package init(secret: [UInt8]) {
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: secret), info: Array(purpose.utf8), outputByteCount: 32)
        }
        key = derive("bittrickle accounts 1")
        sealKey = derive("bittrickle account seals 1")
        passkeyKey = derive("bittrickle tracker passkeys 1")
    }

    /// What the store may keep of a mark, to tell after a restart whether the password is still the same.
    ///
    /// Without the network's secret no password can be tried against it, nor against the tokens beside it, which are
    /// bound to the mark itself.
    package func seal(_ mark: Hash256) -> Hash256 { Hash256(authenticating: mark.bytes, with: sealKey) }

    /// By which a standard client is taken for a member's, as long as his password is the one of this mark.
    ///
    /// - Parameter issued: Seconds since 1970.
    package func passkey(of user: UserName, _ mark: Hash256, issued: UInt32) -> Passkey {
        let time = withUnsafeBytes(of: issued.bigEndian) { Array($0) }
        return Passkey(
            mac: Hash256(authenticating: time + mark.bytes + user.bytes, with: passkeyKey), issued: issued, member: user
        )
    }

    package func mark(user: UserName, password: some Sequence<UInt8>) -> Hash256 {
        mark(line: Array(user.text.utf8) + [UInt8(ascii: " ")] + password)
    }

    /// The mark of a line of the credentials file: unambiguous, as no name holds a space.
    func mark(line: [UInt8]) -> Hash256 {
        Hash256(authenticating: line, with: key)
    }
}

extension Hash256 {
    /// HMAC-SHA256.
    init(authenticating bytes: [UInt8], with key: SymmetricKey) {
        var code = HMAC<SHA256>(key: key)
        code.update(data: bytes)
        self = code.finalize().withUnsafeBytes { Hash256($0) } ?? .zero
    }

    /// Equality that takes the same time whatever differs.
    func isEqualInConstantTime(to other: Hash256) -> Bool {
        withBytes { left in
            other.withBytes { right in
                var difference: UInt8 = 0
                for (one, two) in zip(left, right) { difference |= one ^ two }
                return difference == 0
            }
        }
    }
}
