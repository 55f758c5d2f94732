package import Content

/// What identifies a network: the SHA-256 of its P-256 public key (SPKI, DER).
package struct NetworkPin: Hashable, Sendable, CustomStringConvertible {
    package let hash: Hash256

    package init(_ hash: Hash256) { self.hash = hash }

    /// Hashes the DER of a SubjectPublicKeyInfo.
    package init(publicKeyDER: some Sequence<UInt8>) { hash = Hash256(hashing: publicKeyDER) }

    /// Takes a fingerprint as people type it: 64 hexadecimal digits, spaces and colons ignored.
    package init?(fingerprint: some StringProtocol) {
        guard let hash = Hash256(hex: String(fingerprint.filter { $0 != " " && $0 != ":" })) else { return nil }
        self.hash = hash
    }

    /// 64 lower-case hexadecimal digits: the form that is printed, copied and given to `--fingerprint`.
    package var description: String { hash.hex }
}
