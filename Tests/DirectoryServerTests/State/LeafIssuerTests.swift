import Crypto
import DirectoryServer
import FoundationEssentials
import SwiftASN1
import TestKit
import Testing
import Wire
import X509

struct LeafIssuerTests {
    private let place: TemporaryDirectory
    private let network: NetworkKey

    init() throws {
        place = try TemporaryDirectory()
        network = try NetworkFiles.load(StateDirectory(path: place.file("data"))).key
    }

    @Test func signsADeviceKeyForADay() async throws {
        let device = P256.Signing.PrivateKey()
        let user = try #require(UserName("h/a%n*s"))
        let now: Int64 = 1_795_392_000_123
        let der = try LeafIssuer(signing: network.signingKey)
            .issue(user: user, devicePublicKey: Array(device.publicKey.derRepresentation), now: now)
        let leaf = try Certificate(derEncoded: der)
        #expect(leaf.publicKey == Certificate.PublicKey(device.publicKey))
        #expect(leaf.notValidBefore == Date(timeIntervalSince1970: 1_795_392_000 - 3_600))
        #expect(leaf.notValidAfter == Date(timeIntervalSince1970: 1_795_392_000 + 86_400))
        let names = try #require(try leaf.extensions.subjectAlternativeNames)
        #expect(
            Array(names) == [
                .dnsName("*"),
                .uniformResourceIdentifier("bittrickle://\(network.pin)/users/h%2Fa%25n%2As"),
            ])
        let usage = try #require(try leaf.extensions.extendedKeyUsage)
        #expect(Array(usage) == [.serverAuth, .clientAuth])
    }

    @Test func signsForAsLongAsIsAskedFor() throws {
        let der = try LeafIssuer(signing: network.signingKey).issue(
            user: try #require(UserName("hans")),
            devicePublicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation), now: 1_795_392_000_123,
            lifetime: MemberCertificateTerms.lifetime(days: 90))
        let leaf = try Certificate(derEncoded: der)
        #expect(leaf.notValidBefore == Date(timeIntervalSince1970: 1_795_392_000 - 3_600))
        #expect(leaf.notValidAfter == Date(timeIntervalSince1970: 1_795_392_000 + 90 * 86_400))
    }

    @Test func aStandardVerifierAcceptsIt() async throws {
        let now = Date()
        let der = try LeafIssuer(signing: network.signingKey).issue(
            user: try #require(UserName("hans")),
            devicePublicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation),
            now: Int64(now.timeIntervalSince1970 * 1_000))
        let root = try Certificate(pemEncoded: network.certificatePEM)
        var verifier = Verifier(rootCertificates: CertificateStore([root])) { RFC5280Policy() }
        let result = await verifier.validate(
            leaf: try Certificate(derEncoded: der), intermediates: CertificateStore())
        guard case .validCertificate = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func theAuthoritySignsOnlyLeavesAndDoesNotEnd() throws {
        let root = try Certificate(pemEncoded: network.certificatePEM)
        #expect(try root.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(try root.extensions.keyUsage == KeyUsage(keyCertSign: true))
        #expect(root.notValidAfter == Date(timeIntervalSince1970: 253_402_300_799))
    }

    @Test func refusesWhatIsNoKey() throws {
        let issuer = try LeafIssuer(signing: network.signingKey)
        let user = try #require(UserName("hans"))
        #expect(throws: (any Error).self) { try issuer.issue(user: user, devicePublicKey: [1, 2, 3], now: 0) }
    }
}
