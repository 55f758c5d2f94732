/// SOCKS 5 (RFC 1928), with a user name and a password where there are (RFC 1929).
package struct SOCKSConversation: ProxyConversation {
    private enum State: Sendable {
        case greeted
        case authenticating
        case asked
        case over
    }

    private static let version: UInt8 = 5
    private static let authenticationVersion: UInt8 = 1
    private static let noAuthentication: UInt8 = 0
    private static let userAndPassword: UInt8 = 2
    private static let noMethod: UInt8 = 0xFF
    private static let connect: UInt8 = 1
    /// Types of addresses.
    private static let (ipv4, hostName, ipv6): (UInt8, UInt8, UInt8) = (1, 3, 4)
    /// Of a user name and of a password.
    package static let credentialLimit = 255

    private let request: [UInt8]
    private let credentials: ProxyCredentials?
    private var state = State.greeted
    private var received: [UInt8] = []

    /// - Parameter resolvesNames: A destination that has a name is told by it.
    /// - Returns: Nil where a part is too long for the protocol, or the destination has only a name.
    package init?(to destination: ProxyDestination, credentials: ProxyCredentials?, resolvesNames: Bool) {
        let place: [UInt8]
        if resolvesNames, let name = destination.name {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else { return nil }
            place = [Self.hostName, length] + name.utf8
        } else {
            guard let address = destination.endpoint?.address else { return nil }
            place = [address.count == 4 ? Self.ipv4 : Self.ipv6] + address
        }
        if let credentials {
            let longest = max(credentials.user.count, credentials.password.count)
            guard longest <= Self.credentialLimit else { return nil }
        }
        request = [Self.version, Self.connect, 0] + place + bigEndianBytes(destination.port)
        self.credentials = credentials
    }

    package var opening: [UInt8] {
        let methods = credentials == nil ? [Self.noAuthentication] : [Self.noAuthentication, Self.userAndPassword]
        return [Self.version, UInt8(methods.count)] + methods
    }

    package mutating func receive(_ bytes: [UInt8]) throws(ProxyRefusal) -> ProxyTurn {
        received += bytes
        switch state {
        case .greeted: return try takeMethod()
        case .authenticating: return try takeVerdict()
        case .asked: return try takeAnswer()
        case .over: return .wait
        }
    }

    private mutating func takeMethod() throws(ProxyRefusal) -> ProxyTurn {
        guard received.first ?? Self.version == Self.version else { throw other("version \(received[0])") }
        guard received.count >= 2 else { return .wait }
        let method = received[1]
        switch method {
        case Self.noAuthentication: return try say(request, .asked)
        case Self.userAndPassword:
            guard let credentials else { throw other("a method that was not offered") }
            let words =
                [Self.authenticationVersion, UInt8(credentials.user.count)] + credentials.user
                + [UInt8(credentials.password.count)] + credentials.password
            return try say(words, .authenticating)
        case Self.noMethod: throw credentials == nil ? .credentialsWanted : .credentialsRefused
        default: throw other("method \(method)")
        }
    }

    private mutating func takeVerdict() throws(ProxyRefusal) -> ProxyTurn {
        guard received.first ?? Self.authenticationVersion == Self.authenticationVersion else {
            throw other("version \(received[0]) of the authentication")
        }
        guard received.count >= 2 else { return .wait }
        guard received[1] == 0 else { throw .credentialsRefused }
        return try say(request, .asked)
    }

    private mutating func takeAnswer() throws(ProxyRefusal) -> ProxyTurn {
        guard received.first ?? Self.version == Self.version else { throw other("version \(received[0])") }
        guard received.count >= 2 else { return .wait }
        guard received[1] == 0 else { throw .refused(Self.reason(received[1])) }
        guard received.count >= 5 else { return .wait }
        let addressLength: Int
        switch received[3] {
        case Self.ipv4: addressLength = 4
        case Self.ipv6: addressLength = 16
        case Self.hostName: addressLength = 1 + Int(received[4])
        default: throw other("address type \(received[3])")
        }
        let length = 4 + addressLength + 2
        guard received.count >= length else { return .wait }
        state = .over
        defer { received = [] }
        return .connected(rest: Array(received[length...]))
    }

    /// What has come must be what was asked for, and no more: a proxy that answers questions that were not put is none.
    private mutating func say(_ words: [UInt8], _ next: State) throws(ProxyRefusal) -> ProxyTurn {
        guard received.count == 2 else { throw other("an answer to what was not asked yet") }
        received = []
        state = next
        return .say(words)
    }

    private func other(_ what: String) -> ProxyRefusal { .malformed("\(what) where SOCKS 5 is spoken") }

    /// RFC 1928 §6.
    private static func reason(_ code: UInt8) -> String {
        switch code {
        case 1: "it failed"
        case 2: "its rules do not allow it"
        case 3: "the network is unreachable from there"
        case 4: "the host is unreachable from there"
        case 5: "the connection is refused there"
        case 6: "the host does not answer there"
        case 7: "it makes no connections"
        case 8: "it takes no such address"
        default: "SOCKS code \(code)"
        }
    }
}
