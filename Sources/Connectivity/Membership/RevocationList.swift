package import Wire

/// Whose certificates are void although their dates are right.
package struct RevocationList: Hashable, Sendable {
    /// Certificates of a name that were issued before that time (milliseconds since 1970) are void.
    private var issuedBefore: [UserName: Int64] = [:]

    package init() {}

    /// Adds what the directory told; what is older than any certificate that may still be valid is dropped.
    package mutating func insert(_ revocations: some Sequence<Revocation>, at now: Int64) {
        for revocation in revocations {
            issuedBefore[revocation.user] = max(issuedBefore[revocation.user] ?? .min, revocation.issuedBefore)
        }
        let horizon = now - MemberCertificateTerms.revocationMemory
        issuedBefore = issuedBefore.filter { $0.value > horizon }
    }

    package func revokes(_ certificate: MemberCertificate) -> Bool {
        issuedBefore[certificate.user].map { certificate.issuedAt < $0 } ?? false
    }
}
