package import Wire

/// Signs members' certificates and tickets with the network's key.
package protocol CertificateIssuing: Sendable {
    /// The leaf, DER, for a device key given as the DER of its SubjectPublicKeyInfo (P-256), as
    /// `MemberCertificateTerms` says.
    ///
    /// - Parameters:
    ///   - now: When it is issued, milliseconds since 1970, cut to whole seconds.
    ///   - lifetime: How long it is good from then on, in milliseconds.
    /// - Throws: Where the key is none.
    func issue(user: UserName, devicePublicKey: [UInt8], now: Int64, lifetime: Int64) throws -> [UInt8]

    func seal(_ ticket: Ticket) throws -> [UInt8]

    func seal(_ ticket: RelayTicket) throws -> [UInt8]
}
