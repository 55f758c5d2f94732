package import Crypto
import Directory
import FoundationEssentials
import SwiftASN1
package import Wire
import X509

/// Signs members' certificates: a key and whose it is, for a day or as long as is asked for; and their tickets.
///
/// `DNS:*` is what clients of SSL torrents ask for; the URI is what our own compare.
package struct LeafIssuer: CertificateIssuing {
    private let pin: NetworkPin
    private let name: DistinguishedName
    private let key: Certificate.PrivateKey
    private let ticketKey: P256.Signing.PrivateKey
    private let authority: AuthorityKeyIdentifier

    package init(signing key: P256.Signing.PrivateKey) throws {
        pin = NetworkPin(publicKeyDER: Array(key.publicKey.derRepresentation))
        name = try NetworkCertificate.subject(of: pin)
        self.key = Certificate.PrivateKey(key)
        ticketKey = key
        authority = AuthorityKeyIdentifier(
            keyIdentifier: SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey)).keyIdentifier)
    }

    /// The leaf, DER, for a device key given as the DER of its SubjectPublicKeyInfo (P-256).
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - lifetime: From then on, in milliseconds.
    /// - Throws: Where the key is none.
    package func issue(
        user: UserName, devicePublicKey: [UInt8], now: Int64, lifetime: Int64 = MemberCertificateTerms.lifetime
    ) throws -> [UInt8] {
        let device = try P256.Signing.PublicKey(derRepresentation: devicePublicKey)
        let uri = MemberURI(pin: pin, user: user)
        let leaf = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(device),
            notValidBefore: date(now - MemberCertificateTerms.backdating),
            notValidAfter: date(now + lifetime),
            issuer: name,
            subject: try DistinguishedName { CommonName(user.text) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames([.dnsName("*"), .uniformResourceIdentifier(uri.description)])
                authority
            },
            issuerPrivateKey: key)
        var serializer = DER.Serializer()
        try serializer.serialize(leaf)
        return serializer.serializedBytes
    }

    package func seal(_ ticket: Ticket) throws -> [UInt8] { try ticket.sealed(by: ticketKey) }

    package func seal(_ ticket: RelayTicket) throws -> [UInt8] { try ticket.sealed(by: ticketKey) }

    /// Whole seconds: certificates know no others.
    private func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds / 1_000)) }
}
