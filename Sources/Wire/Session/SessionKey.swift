import Content
import Crypto
import FoundationEssentials

/// The server's HPKE key pair, in memory only, and the two pages by which the network's key vouches for it.
package struct SessionKey: Sendable {
    /// Milliseconds that clients are told to take it for.
    package static let validity: Int64 = 25 * 3_600_000

    let id: KeyID
    let pin: NetworkPin
    let privateKey: XWingMLKEM768X25519.PrivateKey
    /// Milliseconds since 1970.
    let createdAt: Int64
    /// Encoded ``KeyPage``s.
    let pages: [[UInt8]]

    /// - Parameter now: milliseconds since 1970.
    init(network: NetworkKey, now: Int64) throws {
        privateKey = try XWingMLKEM768X25519.PrivateKey.generate()
        pin = network.pin
        createdAt = now
        let key = Array(privateKey.publicKey.rawRepresentation)
        let hash = Hash256(hashing: key)
        let id = KeyID(of: hash)
        self.id = id
        pages = try (0..<KeyPage.count).map { number in
            try KeyPage(
                number: number, networkKey: Array(network.signingKey.publicKey.x963Representation), key: id,
                notBefore: now, notAfter: now + Self.validity, hash: hash,
                part: Array(key[number * KeyPage.partByteCount..<(number + 1) * KeyPage.partByteCount])
            ).signed(by: network.signingKey)
        }
    }
}

/// The first 8 bytes of the SHA-256 of an HPKE public key.
struct KeyID: Hashable, Sendable {
    static let byteCount = 8
    let bytes: [UInt8]

    init(of hash: Hash256) { bytes = Array(hash.bytes.prefix(Self.byteCount)) }
    init(bytes: [UInt8]) { self.bytes = bytes }
}

/// Half of the server's HPKE public key, signed by the network's key.
///
/// Encoded: `number ‖ network key (X9.63, 65) ‖ key id (8) ‖ not before (8) ‖ not after (8) ‖ SHA-256 of
/// the whole HPKE key (32) ‖ half of the key (608) ‖ signature (64)`; the signature covers a context
/// string and all before it. Times are milliseconds since 1970 by the server's clock.
struct KeyPage: Hashable, Sendable {
    static let count = 2
    static let partByteCount = SessionEncapsulation.keyByteCount / count
    static let byteCount = bodyByteCount + 64
    private static let bodyByteCount = 1 + 65 + KeyID.byteCount + 8 + 8 + Hash256.byteCount + partByteCount
    private static let context = Array("BitTrickle session key page 1\0".utf8)

    let number: Int
    let networkKey: [UInt8]
    let key: KeyID
    let notBefore: Int64
    let notAfter: Int64
    let hash: Hash256
    let part: [UInt8]

    private var body: [UInt8] {
        [UInt8(truncatingIfNeeded: number)] + networkKey + key.bytes + bigEndianBytes(notBefore)
            + bigEndianBytes(notAfter) + hash.bytes + part
    }

    func signed(by signingKey: P256.Signing.PrivateKey) throws -> [UInt8] {
        body + Array(try signingKey.signature(for: Self.context + body).rawRepresentation)
    }
}

extension KeyPage {
    /// Takes a page whose own network key signed it, and tells that key's pin; nil where the signature
    /// or the layout is wrong.
    static func verified(_ bytes: [UInt8]) -> (page: KeyPage, pin: NetworkPin)? {
        guard bytes.count == byteCount else { return nil }
        var reader = FixedLayoutReader(bytes)
        guard let number = reader.integer(UInt8.self), number < count, let networkKey = reader.take(65),
            let key = reader.take(KeyID.byteCount), let notBefore = reader.integer(Int64.self),
            let notAfter = reader.integer(Int64.self),
            let hash = reader.take(Hash256.byteCount).flatMap({ Hash256($0) }),
            let part = reader.take(partByteCount), let rawSignature = reader.take(64), reader.isAtEnd,
            let publicKey = try? P256.Signing.PublicKey(x963Representation: networkKey),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: rawSignature),
            publicKey.isValidSignature(signature, for: context + bytes[..<bodyByteCount])
        else { return nil }
        let page = KeyPage(
            number: Int(number), networkKey: networkKey, key: KeyID(bytes: key), notBefore: notBefore,
            notAfter: notAfter, hash: hash, part: part)
        return (page, NetworkPin(publicKeyDER: publicKey.derRepresentation))
    }
}
