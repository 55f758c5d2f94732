import Connectivity
import Crypto
import FoundationEssentials
import SwiftASN1
import Wire
import X509

/// A network's key and the certificates that it issues, good and bad ones.
struct TestNetwork: Sendable {
    let pin: NetworkPin
    let authority: NetworkAuthority
    private let key = P256.Signing.PrivateKey()
    var publicKey: P256.Signing.PublicKey { key.publicKey }
    private let name: DistinguishedName

    init() throws {
        pin = NetworkPin(publicKeyDER: key.publicKey.derRepresentation)
        name = try DistinguishedName { CommonName("test network") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: 1_577_836_800),
            notValidAfter: Date(timeIntervalSince1970: 253_402_300_799), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0)) },
            issuerPrivateKey: Certificate.PrivateKey(key))
        authority = try NetworkAuthority(certificatePEM: try certificate.serializeAsPEM().pemString, pin: pin)
    }

    /// A certificate, DER, with anything wrong that a test wants.
    func certificate(
        for device: P256.Signing.PrivateKey, names: [GeneralName], issuedAt: Int64 = TestNetwork.now,
        lifetime: Int64 = MemberCertificateTerms.lifetime
    ) throws -> [UInt8] {
        let leaf = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(device.publicKey),
            notValidBefore: Date(
                timeIntervalSince1970: Double((issuedAt - MemberCertificateTerms.backdating) / 1_000)),
            notValidAfter: Date(timeIntervalSince1970: Double((issuedAt + lifetime) / 1_000)),
            issuer: name, subject: try DistinguishedName { CommonName("member") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions { SubjectAlternativeNames(names) },
            issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(leaf)
        return serializer.serializedBytes
    }

    /// What the directory gives to two who are to meet at a relay.
    func relayTicket(_ pair: AttemptID, _ side: RelayTicket.Side, _ user: String) throws -> [UInt8] {
        try RelayTicket(
            pair: pair, side: side, member: try Self.user(user), expiresAt: Self.now + RelayTicket.lifetime
        ).sealed(by: key)
    }

    func names(_ user: String) throws -> [GeneralName] {
        [.dnsName("*"), .uniformResourceIdentifier(MemberURI(pin: pin, user: try TestNetwork.user(user)).text)]
    }

    func identity(
        _ user: String, issuedAt: Int64 = TestNetwork.now, lifetime: Int64 = MemberCertificateTerms.lifetime
    ) throws -> MemberIdentity {
        let device = P256.Signing.PrivateKey()
        return try MemberIdentity(
            authority: authority, user: try Self.user(user), deviceKey: device,
            certificateDER: try certificate(
                for: device, names: try names(user), issuedAt: issuedAt, lifetime: lifetime))
    }

    /// The directory's time in these tests: it need not be this machine's. Milliseconds since 1970.
    static let now: Int64 = 1_900_000_000_000

    static func user(_ name: String) throws -> UserName {
        guard let user = UserName(name) else { throw TestNetworkError.badName }
        return user
    }
}

enum TestNetworkError: Error { case badName }
