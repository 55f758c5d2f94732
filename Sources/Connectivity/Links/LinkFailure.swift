package import Proxies
package import Wire

/// Why there is no link, or no longer one.
package enum LinkFailure: Error, Hashable, Sendable {
    /// The peer is not who a link may be had with.
    case refused(PeerRefusal)
    /// TLS failed for another reason; in words, for the log. The peer's refusal of us looks like this too.
    case securityFailed(String)
    /// Nobody answers there, or not in time.
    case unreachable(String)
    /// The peer took longer than ``LinkLimits/handshake`` to say who he is and what he wants.
    case handshakeTimedOut
    /// The peer closed, or the connection broke.
    case closedByPeer
    case malformed(String)
    /// The answer to our handshake is for another content, or from ourselves.
    case wrongContent
    /// Nothing came, or nothing was taken, for too long.
    case silent
    /// This computer does not have the address any more from which the link was.
    case addressGone
    /// The member was expelled.
    case expelled(UserName)
    /// The peer's certificate came to its end: who dials again shows a newer one.
    case certificateExpired
    /// As many links as are allowed are there: in all, of this member, or from this address.
    case tooManyLinks
    /// The relay did not make the pair; never with ``RelayStatus/paired``.
    case relayRefused(RelayStatus)
    /// The relay did not say within ``LinkLimits/relayAdmission`` whether the other side is there.
    case relaySilent
    /// The proxy that leads there does not.
    case proxyFailed(ProxyFailure)
    /// We closed it.
    case closed
}

/// How a dial went that found nobody: what happened at each endpoint, in the order of their ends.
package struct DialFailure: Error, Hashable, Sendable {
    package let member: UserName
    package let attempts: [LinkFailure]

    package init(member: UserName, attempts: [LinkFailure]) {
        self.member = member
        self.attempts = attempts
    }
}
