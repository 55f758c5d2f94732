import Content

/// Who a member certificate is for: `bittrickle://<pin>/users/<percent-encoded name>`, the URI among its
/// alternative names.
///
/// The form is canonical: unreserved characters (RFC 3986 §2.3) stand for themselves, all others are
/// `%XX` with upper-case digits. Two URIs name the same member exactly where their texts are equal,
/// so that nobody passes as another through a second spelling.
package struct MemberURI: Hashable, Sendable, CustomStringConvertible {
    package let pin: NetworkPin
    package let user: UserName

    package init(pin: NetworkPin, user: UserName) {
        self.pin = pin
        self.user = user
    }

    /// Takes the canonical text; nil for any other.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.scheme) else { return nil }
        let rest = text.utf8.dropFirst(Self.scheme.utf8.count)
        let pinText = String(decoding: rest.prefix(Hash256.byteCount * 2), as: UTF8.self)
        guard let hash = Hash256(hex: pinText),
            let path = String(validating: rest.dropFirst(Hash256.byteCount * 2), as: UTF8.self),
            path.hasPrefix(Self.path), let name = Self.decode(path.utf8.dropFirst(Self.path.utf8.count)),
            let user = UserName(name)
        else { return nil }
        self.init(pin: NetworkPin(hash), user: user)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    package var text: String { "\(Self.scheme)\(pin)\(Self.path)\(Self.encode(user.text))" }
    package var description: String { text }

    private static let scheme = "bittrickle://"
    private static let path = "/users/"

    private static func encode(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            if isUnreserved(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + CollectionOfOne(byte).hex.uppercased()
            }
        }
        return text
    }

    private static func decode(_ encoded: some Sequence<UInt8>) -> String? {
        guard let bytes = percentDecoded(encoded) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
