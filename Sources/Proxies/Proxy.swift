package import Wire

/// A proxy, as `all_proxy` names it: `[scheme://][user:password@]host[:port]`, by the conventions of curl.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, CaseIterable, Sendable {
        /// `CONNECT`.
        case http
        /// Names are looked up here, and by the proxy.
        case socks5
        case socks5h
    }

    /// Why a text names no proxy that can be used. The text is not in it: there may be a password in the text.
    package enum Fault: Error, Hashable, Sendable {
        /// In lower case, without what is behind it.
        case scheme(String)
        case host
        case credentials
    }

    /// Where none is said, whatever the scheme.
    static let standardPort: UInt16 = 1_080

    package let scheme: Scheme
    package let place: HostPort
    package let credentials: ProxyCredentials?

    package init(_ scheme: Scheme, at place: HostPort, credentials: ProxyCredentials? = nil) {
        self.scheme = scheme
        self.place = place
        self.credentials = credentials
    }

    package init(parsing text: String) throws(Fault) {
        var rest = text[...]
        if let mark = text.firstRange(of: "://") {
            let name = text[..<mark.lowerBound].lowercased()
            // Anything else in front of the mark may be part of a password.
            guard Self.isScheme(name) else { throw .host }
            guard let scheme = Scheme(rawValue: name) else { throw .scheme(name) }
            self.scheme = scheme
            rest = text[mark.upperBound...]
        } else {
            scheme = .http
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // In a password these stand as %XX: what is before them is no host then, but a user's name.
        guard !rest[authority.endIndex...].contains("@") else { throw .credentials }
        rest = authority
        if let at = rest.lastIndex(of: "@") {
            credentials = try Self.credentials(rest[..<at], scheme)
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        place = try Self.place(rest)
    }

    /// RFC 3986 §3.1.
    private static func isScheme(_ name: String) -> Bool {
        name.first?.isLetter == true
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    private static func credentials(_ text: Substring, _ scheme: Scheme) throws(Fault) -> ProxyCredentials {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = percentDecoded(parts[0].utf8), !user.isEmpty,
            let password = percentDecoded((parts.dropFirst().first ?? "").utf8)
        else { throw .credentials }
        let isShort = max(user.count, password.count) <= SOCKSConversation.credentialLimit
        guard scheme == .http ? !user.contains(UInt8(ascii: ":")) : isShort else { throw .credentials }
        return ProxyCredentials(user: user, password: password)
    }

    private static func place(_ text: Substring) throws(Fault) -> HostPort {
        // Behind the brackets of an address of IPv6, or behind a name.
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
        let isWhole = text[end...].contains(":")
        do { return try HostPort(parsing: isWhole ? String(text) : "\(text):\(standardPort)") } catch { throw .host }
    }

    /// Scheme, host and port: who it is used by stands in no log.
    package var description: String { "\(scheme)://\(place)" }

    /// It is told names; the others are told addresses.
    package var resolvesNames: Bool { scheme != .socks5 }

    /// Nil where this proxy cannot be asked for that: it takes no name, and there is nothing else.
    func conversation(to destination: ProxyDestination) -> (any ProxyConversation)? {
        switch scheme {
        case .http: ConnectConversation(to: destination, credentials: credentials)
        case .socks5, .socks5h:
            SOCKSConversation(to: destination, credentials: credentials, resolvesNames: resolvesNames)
        }
    }
}
