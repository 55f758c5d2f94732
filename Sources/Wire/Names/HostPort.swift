/// Where a server is, as people type it.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A host name, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    package let port: UInt16

    /// The server on this host.
    package static let localHost = "127.0.0.1"

    package init(host: some StringProtocol, port: UInt16) throws(AddressError) {
        guard port > 0 else { throw .invalidPort("0") }
        guard Self.isHost(host) || Self.isIPv6Address(host) else { throw .invalidHost(String(host)) }
        self.host = String(host)
        self.port = port
    }

    /// Takes `12000`, `example.org:12000`, `192.0.2.1:12000` or `[2001:db8::1]:12000`.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            try self.init(host: Self.localHost, port: try Self.port(text))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw .missingPort(String(text)) }
        let front = text[..<colon]
        if front.hasPrefix("[") {
            guard front.hasSuffix("]") else { throw .missingPort(String(text)) }
            let host = front.dropFirst().dropLast()
            guard Self.isIPv6Address(host) else { throw .invalidHost(String(front)) }
            try self.init(host: host, port: try Self.port(text[text.index(after: colon)...]))
        } else {
            guard Self.isHost(front) else { throw .invalidHost(String(front)) }
            try self.init(host: front, port: try Self.port(text[text.index(after: colon)...]))
        }
    }

    /// Stays on this host: such networks are pinned without asking.
    package var isLoopback: Bool {
        host == "::1" || host.lowercased() == "localhost" || (host.hasPrefix("127.") && Self.isDotted(host))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func port(_ text: some StringProtocol) throws(AddressError) -> UInt16 {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(text), port > 0
        else { throw .invalidPort(String(text)) }
        return port
    }

    /// Letters, digits, hyphens, dots and underscores, at most 253 of them (RFC 1123, and what people use).
    private static func isHost(_ text: some StringProtocol) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Looks like an IPv6 address, perhaps with a zone: whether it is one, the system's resolver says. What looks like
    /// another host with a port, or with a port that is none, does not.
    private static func isIPv6Address(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, address.utf8.count <= 45 else { return false }
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        // With `::` at an end there are two empty ones more.
        guard (3...9).contains(groups.count), let last = groups.last,
            groups.dropLast().allSatisfy({ isGroup($0) }), isGroup(last) || isDotted(last)
        else { return false }
        return parts.dropFirst().allSatisfy { $0.utf8.count <= 16 && isHost($0) }
    }

    /// Up to four hexadecimal digits.
    private static func isGroup(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 4
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            }
    }

    private static func isDotted(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).count == 4
            && text.split(separator: ".").allSatisfy { UInt8($0) != nil }
    }
}

/// Why a text is not an address of a server, or not a link.
package enum AddressError: Error, Hashable {
    case missingPort(String)
    /// No number from 1 to 65535.
    case invalidPort(String)
    case invalidHost(String)
    /// It does not begin with `bittrickle://`, or something follows the fingerprint.
    case notALink(String)
    /// It does not end with the 32 hexadecimal digits of an invitation.
    case notAnInvite(String)
    /// Not 64 hexadecimal digits.
    case invalidFingerprint(String)
}
