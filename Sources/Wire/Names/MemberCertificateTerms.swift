/// What issuer and verifiers of member certificates agree on, in milliseconds.
package enum MemberCertificateTerms {
    /// From issuing to the end of validity, where nothing else is asked for: 24 h.
    package static let lifetime: Int64 = day
    /// For how many days a member may have a certificate at most.
    package static let longestDays = 90
    /// How much earlier than its issuing a certificate starts to be valid, for clocks that are behind:
    /// so a certificate was issued at its notBefore plus this.
    package static let backdating: Int64 = 3_600_000
    /// How long the name of a revoked member must be remembered: until his last certificate is over,
    /// and an hour for clocks.
    package static let revocationMemory: Int64 = Int64(longestDays) * day + 3_600_000
    private static let day: Int64 = 24 * 3_600_000

    /// From issuing to the end of validity of a certificate for that many days.
    package static func lifetime(days: Int) -> Int64 { Int64(days) * day }
}
