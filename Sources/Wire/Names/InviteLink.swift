internal import Content

/// What lets somebody join a network: 16 random bytes, told to nobody but those who are invited.
package struct InviteSecret: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 32 hexadecimal digits.
    package init?(hex text: some StringProtocol) {
        guard text.utf8.count == 2 * Self.byteCount, let bytes = [UInt8](hex: String(text)) else { return nil }
        self.init(bytes)
    }

    package var description: String { bytes.hex }
}

/// An invitation in one line: `bittrickle://host:port/fingerprint/secret`.
///
/// Whoever has it can become a member, so it is handed on as a password is.
package struct InviteLink: Hashable, Sendable, CustomStringConvertible {
    package var network: NetworkLink
    package var secret: InviteSecret

    package init(network: NetworkLink, secret: InviteSecret) {
        self.network = network
        self.secret = secret
    }

    /// Takes a link as people paste it, see ``NetworkLink/init(parsing:)``.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        var link = Substring(text)
        if link.hasSuffix("/") { link = link.dropLast() }
        guard let slash = link.lastIndex(of: "/"), let secret = InviteSecret(hex: link[link.index(after: slash)...])
        else { throw .notAnInvite(String(text)) }
        self.init(network: try NetworkLink(parsing: link[..<slash]), secret: secret)
    }

    package var description: String { "\(network)/\(secret)" }
}
