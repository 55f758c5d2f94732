import Crypto
import SwiftASN1
package import Wire

/// An identity as other programs read it: two texts in PEM, the certificate and its key (PKCS #8).
extension MemberIdentity {
    package var certificatePEM: String {
        PEMDocument(type: "CERTIFICATE", derBytes: certificateDER).pemString + "\n"
    }

    package var keyPEM: String { deviceKey.pemRepresentation + "\n" }

    /// Takes the two texts back, and checks that they are an identity of this member, whether or not its time is over.
    package init(
        authority: NetworkAuthority, user: UserName, certificatePEM: String, keyPEM: String
    ) throws(IdentityError) {
        guard let document = try? PEMDocument(pemString: certificatePEM),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyPEM)
        else { throw .malformedCertificate }
        try self.init(authority: authority, user: user, deviceKey: key, certificateDER: document.derBytes)
    }
}
