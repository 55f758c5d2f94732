import Crypto
import FoundationEssentials
import SwiftASN1
package import Wire
import X509

/// What a member certificate says, once its issuer's signature was checked.
package struct MemberCertificate: Hashable, Sendable {
    package let user: UserName
    /// Milliseconds since 1970, by the directory's clock.
    package let validFrom: Int64
    package let expiresAt: Int64

    /// When the directory issued it: revocations of a name hit certificates issued before them.
    package var issuedAt: Int64 { validFrom + MemberCertificateTerms.backdating }

    /// The parts of a certificate's DER that matter, with the issuer checked and nothing else.
    static func read(
        _ der: [UInt8], authority: NetworkAuthority
    ) throws(PeerRefusal) -> (certificate: MemberCertificate, publicKey: P256.Signing.PublicKey) {
        guard let certificate = try? Certificate(derEncoded: der),
            let key = P256.Signing.PublicKey(certificate.publicKey)
        else { throw .malformedCertificate }
        guard certificate.issuer == authority.subject,
            authority.publicKey.isValidSignature(certificate.signature, for: certificate)
        else { throw .foreignAuthority }
        guard let uri = uri(of: certificate) else { throw .malformedName }
        guard let member = MemberURI(uri) else { throw .malformedName }
        guard member.pin == authority.pin else { throw .foreignNetwork }
        return (
            MemberCertificate(
                user: member.user, validFrom: milliseconds(certificate.notValidBefore),
                expiresAt: milliseconds(certificate.notValidAfter)),
            key
        )
    }

    /// The one URI among the alternative names; nil where there is none, or more than one.
    private static func uri(of certificate: Certificate) -> String? {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return nil }
        var found: String?
        for case .uniformResourceIdentifier(let uri) in names {
            guard found == nil else { return nil }
            found = uri
        }
        return found
    }

    /// Certificates carry years from 0 to 9999, which fit.
    private static func milliseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970) * 1_000 }
}
