import Content
package import Crypto
import FoundationEssentials

/// The two keys of a session: AES-256-GCM, one for each direction.
///
/// Both come from the secret that HPKE exports, salted with what the *server* chose afresh. An
/// attacker who replays a recorded opening thus gets a session with other keys (RFC 9458 §4.4): without
/// those bytes the server would seal different answers under the same key and nonce.
package struct SessionKeys: Sendable {
    package static let randomByteCount = 32

    package let clientToServer: SymmetricKey
    package let serverToClient: SymmetricKey

    /// HKDF-SHA256 with salt = encapsulation ‖ random ‖ session id.
    package init(exportedSecret: SymmetricKey, encapsulation: [UInt8], random: [UInt8], session: SessionID) {
        let salt = encapsulation + random + session.bytes
        func key(_ direction: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: exportedSecret, salt: salt, info: Array("BitTrickle session 1 \(direction)".utf8),
                outputByteCount: 32)
        }
        clientToServer = key("client to server")
        serverToClient = key("server to client")
    }
}

/// What both ends must give HPKE alike.
enum SessionEncapsulation {
    static let suite = HPKE.Ciphersuite.XWingMLKEM768X25519_SHA256_AES_GCM_256
    static let keyByteCount = 1_216
    static let byteCount = 1_120
    private static let exportContext = Array("BitTrickle session 1 secret".utf8)

    /// Ties the secret to the network whose key vouched for the session key.
    private static func information(_ pin: NetworkPin) -> Data {
        Data(Array("BitTrickle session 1 opening".utf8) + pin.hash.bytes)
    }

    /// The client's half.
    static func encapsulate(
        to key: XWingMLKEM768X25519.PublicKey, of pin: NetworkPin
    ) throws -> (encapsulation: [UInt8], secret: SymmetricKey) {
        let sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: information(pin))
        let secret = try sender.exportSecret(context: exportContext, outputByteCount: 32)
        return (Array(sender.encapsulatedKey), secret)
    }

    /// The server's half: about 100 µs.
    static func decapsulate(
        _ encapsulation: [UInt8], with key: XWingMLKEM768X25519.PrivateKey, of pin: NetworkPin
    ) throws -> SymmetricKey {
        let recipient = try HPKE.Recipient(
            privateKey: key, ciphersuite: suite, info: information(pin), encapsulatedKey: Data(encapsulation))
        return try recipient.exportSecret(context: exportContext, outputByteCount: 32)
    }
}
