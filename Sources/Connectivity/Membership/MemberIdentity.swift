package import Crypto
package import Wire

/// What this device proves itself with: its key, and the certificate that the network issued for it.
/// A value: a renewed certificate makes a new one.
package struct MemberIdentity: Sendable {
    package let authority: NetworkAuthority
    package let certificate: MemberCertificate
    package let certificateDER: [UInt8]
    package let deviceKey: P256.Signing.PrivateKey

    package var user: UserName { certificate.user }

    /// Checks that the certificate is what peers will take: issued by this network, for this key and name.
    package init(
        authority: NetworkAuthority, user: UserName, deviceKey: P256.Signing.PrivateKey, certificateDER: [UInt8]
    ) throws(IdentityError) {
        let read: (certificate: MemberCertificate, publicKey: P256.Signing.PublicKey)
        do { read = try MemberCertificate.read(certificateDER, authority: authority) } catch { throw .init(error) }
        guard read.publicKey.rawRepresentation == deviceKey.publicKey.rawRepresentation else { throw .wrongKey }
        guard read.certificate.user == user else { throw .wrongMember }
        certificate = read.certificate
        self.authority = authority
        self.deviceKey = deviceKey
        self.certificateDER = certificateDER
    }
}

extension IdentityError {
    fileprivate init(_ refusal: PeerRefusal) {
        switch refusal {
        case .foreignAuthority, .foreignNetwork: self = .wrongNetwork
        case .malformedName: self = .wrongMember
        default: self = .malformedCertificate
        }
    }
}
