/// Why the directory did not do what was asked: a closed set that crosses the wire, each with a number.
package enum DirectoryRefusal: Error, Codable, Hashable, Sendable {
    /// Unknown user or wrong password: which, nobody is told.
    case authenticationFailed
    /// After the right password: the user is there already. `place` is the device's label and address.
    case onlineElsewhere(place: String)
    /// The token is unknown, used up, expired or revoked: the password is needed.
    case tokenInvalid
    /// The request needs a login first.
    case notLoggedIn
    /// The server has more to do than it can: ask again after so many milliseconds.
    case busy(retryAfter: Int64)
    /// Too many failed logins for this user or from this address.
    case slowDown(retryAfter: Int64)
    /// The request cannot be understood, or asks for what no client of ours asks.
    case malformed
    case unknownRequest
    /// The account may not publish more; or there are as many invitations, groups or members of one as may be.
    case quotaReached(limit: Int64)
    /// A parent that does not exist or is not one's own.
    case noSuchPublication
    /// Nobody was invited so, or it was taken back, used up, or has ended: which, nobody is told.
    case inviteInvalid
    /// Another member has that name.
    case nameTaken
    /// For administrators alone; after the right password: the account is disabled.
    case notAllowed
    /// Nobody has that name.
    case noSuchMember
    case noSuchInvite
    case noSuchGroup
    case noSuchDevice
    /// Nobody has asked that, or it was answered already.
    case noSuchAsk
    /// The owner refused that, less than a day ago.
    case askRefused
    /// A publication is to be for a name that no member and no group has: which of the names, from 0.
    case noSuchReader(Int64)
    /// The account stands in credentials.txt: only there it is changed.
    case accountOfFile
    /// What a search found is not kept any more: its list begins anew.
    case searchForgotten
    /// The member is not there, or not on that device.
    case memberAbsent
    /// Nobody could administer the network any more.
    case lastAdmin
    /// The server failed: its log says why.
    case internalError
    /// The server's disk is full: nothing was changed.
    case storeFull

    /// Asking again later, unchanged, may help.
    package var isTransient: Bool {
        switch self {
        case .busy, .slowDown, .internalError, .storeFull: true
        default: false
        }
    }
}
