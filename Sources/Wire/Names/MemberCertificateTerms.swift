/// What issuer and verifiers of member certificates agree on, in milliseconds.
package enum MemberCertificateTerms {
    /// From issuing to the end of validity: 24 h.
    package static let lifetime: Int64 = 24 * 3_600_000
    /// How much earlier than its issuing a certificate starts to be valid, for clocks that are behind:
    /// so a certificate was issued at its notBefore plus this.
    package static let backdating: Int64 = 3_600_000
    /// How long the name of a revoked member must be remembered: until his last certificate is over,
    /// and an hour for clocks.
    package static let revocationMemory: Int64 = 25 * 3_600_000
}
