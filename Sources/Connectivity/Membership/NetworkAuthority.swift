package import Crypto
import FoundationEssentials
import SwiftASN1
package import Wire
import X509

/// The key by which a network issues its members' certificates, and thereby the network itself.
package struct NetworkAuthority: Sendable {
    /// The network's certificate, byte for byte as it stands in every info dictionary.
    package let certificatePEM: String
    package let pin: NetworkPin
    let publicKey: Certificate.PublicKey
    /// What the directory signs with.
    package let key: P256.Signing.PublicKey
    let subject: DistinguishedName

    /// Takes the network's certificate as the directory gives it, and checks it against the pin: the
    /// directory is believed no further than that.
    package init(certificatePEM: String, pin: NetworkPin) throws(IdentityError) {
        guard let certificate = try? Certificate(pemEncoded: certificatePEM),
            let key = P256.Signing.PublicKey(certificate.publicKey)
        else { throw .malformedCertificate }
        guard NetworkPin(publicKeyDER: key.derRepresentation) == pin else { throw .wrongNetwork }
        self.certificatePEM = certificatePEM
        self.pin = pin
        publicKey = certificate.publicKey
        self.key = key
        subject = certificate.subject
    }
}

extension NetworkAuthority {
    /// Whether a network's certificate is good at a time by its own dates, which members do not go by, but standard clients do.
    ///
    /// - Parameter time: Milliseconds since 1970.
    package static func isValid(_ certificatePEM: String, at time: Int64) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: certificatePEM) else { return false }
        let seconds = Double(time) / 1_000
        return certificate.notValidBefore.timeIntervalSince1970 <= seconds
            && seconds <= certificate.notValidAfter.timeIntervalSince1970
    }
}

/// Why certificates and key do not make an identity. All are faults of whoever issued them.
package enum IdentityError: Error, Hashable {
    case malformedCertificate
    /// The certificate is not that of the pinned network, or not issued by it.
    case wrongNetwork
    /// The certificate is for another key than this device's.
    case wrongKey
    /// The certificate names no member, or another one.
    case wrongMember
}
