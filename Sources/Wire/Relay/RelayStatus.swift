/// What a relay says to a hello, in one byte. After anything but ``paired`` it closes the connection.
package enum RelayStatus: UInt8, Hashable, Sendable, CaseIterable {
    /// The other side is there: what follows is his.
    case paired = 0
    /// The first bytes were no hello that this relay knows.
    case malformed = 1
    /// The hello did not come in time.
    case slow = 2
    /// The ticket is none of this network's.
    case ticketInvalid = 3
    /// The ticket is over, or its time has not come: by the relay's clock.
    case ticketExpired = 4
    /// Somebody has shown this ticket before.
    case ticketUsed = 5
    /// The relay carries as much as it may.
    case full = 6
    /// The member has as many connections there as one may.
    case tooManyOfMember = 7
    /// The member has had carried what one may within a day.
    case quotaUsedUp = 8
    /// The other side did not come in time.
    case partnerMissing = 9
    /// The relay ends, or this connection had to give way to others before it had said anything.
    case closing = 10
}
