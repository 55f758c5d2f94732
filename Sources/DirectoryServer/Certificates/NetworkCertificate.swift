import Crypto
import FoundationEssentials
import SwiftASN1
import Wire
import X509

/// The network's own certificate: the authority that signs every member's leaf.
enum NetworkCertificate {
    /// The end of time for certificates without an end (RFC 5280 §4.1.2.5): 9999-12-31 23:59:59 UTC.
    static let endOfTime = Date(timeIntervalSince1970: 253_402_300_799)

    /// The subject of the network's certificate: the first half of its pin, so that people can tell two
    /// networks apart.
    static func subject(of pin: NetworkPin) throws -> DistinguishedName {
        try DistinguishedName { CommonName("BitTrickle network \(pin.description.prefix(32))") }
    }

    /// A self-signed certificate, PEM, valid from 2020 on. The signature is random: made again, it
    /// would be another one, so it is kept.
    static func make(for key: P256.Signing.PrivateKey) throws -> String {
        let name = try subject(of: NetworkPin(publicKeyDER: Array(key.publicKey.derRepresentation)))
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            notValidBefore: Date(timeIntervalSince1970: 1_577_836_800),
            notValidAfter: endOfTime,
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return try certificate.serializeAsPEM().pemString + "\n"
    }
}
