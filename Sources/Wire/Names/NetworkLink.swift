/// A network in one line that can be passed on: `bittrickle://host:port/fingerprint`.
///
/// Who has the link from a trusted hand needs to compare no fingerprint. It holds no secret.
package struct NetworkLink: Hashable, Sendable, CustomStringConvertible {
    package static let scheme = "bittrickle://"

    package var server: HostPort
    package var pin: NetworkPin

    package init(server: HostPort, pin: NetworkPin) {
        self.server = server
        self.pin = pin
    }

    /// Takes a link as people paste it: the scheme in either case, perhaps a slash at its end.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        guard text.prefix(Self.scheme.count).lowercased() == Self.scheme else { throw .notALink(String(text)) }
        let parts = text.dropFirst(Self.scheme.count).split(
            separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2 || (parts.count == 3 && parts[2].isEmpty) else { throw .notALink(String(text)) }
        let server = try HostPort(parsing: parts[0])
        guard parts[1].utf8.count == 64, let pin = NetworkPin(fingerprint: parts[1]) else {
            throw .invalidFingerprint(String(parts[1]))
        }
        self.init(server: server, pin: pin)
    }

    package var description: String { "\(Self.scheme)\(server)/\(pin)" }
}
