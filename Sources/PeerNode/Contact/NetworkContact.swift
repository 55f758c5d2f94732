package import Wire

/// Which network answered at the server's address, and whether it is to be believed.
package enum NetworkContact: Hashable, Sendable {
    /// The one that was expected: seen before at this address, or named by fingerprint or link.
    case known(NetworkPin)
    /// First contact on loopback: remembered without asking.
    case pinned(NetworkPin)
    /// Another than before, on loopback: replaced, and to be told.
    case replaced(before: NetworkPin, now: NetworkPin)
    /// First contact: somebody has to compare the fingerprint, and then call ``Node/trust(_:)``.
    case unknown(NetworkPin)
    /// Another than before, or than expected: refused. Where it was `remembered`, forgetting the address
    /// (``KnownNetworks/forget(_:)``) makes the next contact a first one.
    case changed(expected: NetworkPin, found: NetworkPin, remembered: Bool)

    /// Nil where signing in there is out of the question as things are.
    package var trusted: NetworkPin? {
        switch self {
        case .known(let pin), .pinned(let pin), .replaced(_, let pin): pin
        case .unknown, .changed: nil
        }
    }
}

/// Why there is no contact.
package enum ContactFailure: Error, Hashable, Sendable {
    /// Nobody answers.
    case away(address: String)
    /// Nothing comes by UDP, and the proxy does not lead there; as a sentence without its full stop.
    case proxyFailed(address: String, reason: String)
    /// The host has no address.
    case unknownHost(String)
    case busy(retryAfterMilliseconds: Int64)
    /// The clocks of this machine and of the server are days apart. Milliseconds since 1970.
    case clockFarOff(here: Int64, there: Int64)
    case misbehaved(detail: String)
    /// The state directory cannot be used.
    case stateUnusable(path: String, reason: String)
    case cancelled
}
