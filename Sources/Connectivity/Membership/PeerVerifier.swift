package import Wire

/// Decides whether a certificate that a peer presents makes him a member.
///
/// It replaces all of TLS's own checks, so it must make every one of them: issuer and signature,
/// dates by the directory's time (not by this machine's clock), network and name, revocation. That
/// the peer holds the key, TLS proves.
package struct PeerVerifier: Sendable {
    package let authority: NetworkAuthority
    /// Our own name: a link to oneself is of no use, and our own certificate in another's hand a theft.
    package let ownName: UserName

    package init(authority: NetworkAuthority, ownName: UserName) {
        self.authority = authority
        self.ownName = ownName
    }

    /// - Parameters:
    ///   - chain: what the peer presented, DER each, his own first. Only that one counts: the network
    ///     issues members' certificates directly.
    ///   - now: the directory's time, milliseconds since 1970.
    package func verify(
        chain: [[UInt8]], at now: Int64, revocations: RevocationList
    ) throws(PeerRefusal) -> MemberCertificate {
        guard let leaf = chain.first else { throw .noCertificate }
        let (certificate, _) = try MemberCertificate.read(leaf, authority: authority)
        guard now >= certificate.validFrom else { throw .notYetValid(from: certificate.validFrom) }
        guard now < certificate.expiresAt else { throw .expired(at: certificate.expiresAt) }
        guard !revocations.revokes(certificate) else { throw .revoked(certificate.user) }
        guard certificate.user != ownName else { throw .oneself }
        return certificate
    }
}

/// Why a peer is not taken for the member he says, or should, be.
package enum PeerRefusal: Error, Hashable, Sendable {
    /// Nothing was presented, as in a resumed TLS session.
    case noCertificate
    case malformedCertificate
    /// Not issued by this network's key.
    case foreignAuthority
    case foreignNetwork
    /// No name, several, or one that is not in the canonical form.
    case malformedName
    /// Milliseconds since 1970.
    case notYetValid(from: Int64)
    case expired(at: Int64)
    case revoked(UserName)
    case oneself
    /// This member wants no links with that one.
    case blocked(UserName)
    /// A member, but not the one who was dialled.
    case unexpectedMember(UserName)
}
