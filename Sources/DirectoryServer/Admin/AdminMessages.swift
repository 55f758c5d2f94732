/// What whoever may use the state directory asks of the server that runs on it: one line of JSON, answered by one.
package enum AdminRequest: Codable, Hashable, Sendable {
    /// Lets so many people join within so many milliseconds, with the role of that name.
    case invite(uses: Int64, role: String, lifetime: Int64)
    case openInvites
    case withdrawInvite(id: Int64)
}

package enum AdminAnswer: Codable, Hashable, Sendable {
    /// - Parameter secret: As a link has it; the server keeps it nowhere.
    case invited(OpenInvite, secret: String, server: ServerPlace)
    case openInvites([OpenInvite])
    case done
    case failed(AdminFailure)
}

package enum AdminFailure: String, Error, Codable, Hashable, Sendable {
    /// None of that id.
    case unknownInvite
    /// More uses or a longer time than ``AdminLimits`` allow, or a role that there is not.
    case outOfRange
    case tooManyInvites
    /// The server's log says why.
    case failed
    /// What was sent is no request.
    case malformed
}

/// An invite that somebody may still join by.
package struct OpenInvite: Codable, Hashable, Sendable {
    package var id: Int64
    package var role: String
    package var usesLeft: Int64
    /// Milliseconds since 1970.
    package var expires: Int64

    package init(id: Int64, role: String, usesLeft: Int64, expires: Int64) {
        self.id = id
        self.role = role
        self.usesLeft = usesLeft
        self.expires = expires
    }
}

/// What a link to a server is made of, besides the host: that depends on who asks.
package struct ServerPlace: Codable, Hashable, Sendable {
    /// Of the network, in hexadecimal.
    package var pin: String
    package var port: UInt16
    /// The address that the server listens on alone; nil for all of the machine's.
    package var host: String?

    package init(pin: String, port: UInt16, host: String?) {
        self.pin = pin
        self.port = port
        self.host = host
    }
}

/// What may be asked for.
package enum AdminLimits {
    package static let uses: ClosedRange<Int64> = 1...100_000
    /// Milliseconds: from a minute to a year.
    package static let lifetime: ClosedRange<Int64> = 60_000...366 * 86_400_000
    /// Invites that are open at the same time.
    package static let openInvites = 1_000
}
