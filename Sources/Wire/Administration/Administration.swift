/// What an administrator asks of the directory: over a sealed session; or, over the socket in the server's state folder,
/// whoever may use that.
package enum Administration: Hashable, Sendable {
    case change(AdministrativeChange)
    case list(AdministrativeList, PageWindow)
}

package enum AdministrativeChange: Codable, Hashable, Sendable {
    /// Lets so many people join within so many milliseconds, by a random secret that whoever asks has made: so the same
    /// asked again is the same invitation.
    case invite(InviteSecret, uses: Int64, role: Role, lifetime: Int64)
    /// Who joined by it stays.
    case withdrawInvite(Int64)
    /// Lets a member in no more, and ends what he is signed in with. What he published stays.
    case disable(UserName)
    case enable(UserName)
    /// Removes a member and all that he published; somebody else may take the name then.
    case remove(UserName)
    case setRole(UserName, Role)
    /// Of ``Login/leastPasswordByteCount`` to ``Login/passwordByteLimit`` bytes. Ends what he is signed in with.
    case setPassword(UserName, [UInt8])
    /// Signs a member out on all his devices: he needs his password then.
    case signOut(UserName)
    case takeDown([FileName], of: UserName)
    /// Groups and members share one name space.
    case addGroup(UserName)
    case removeGroup(UserName)
    case addMembers([UserName], to: UserName)
    case removeMembers([UserName], from: UserName)
}

package enum AdministrativeList: Codable, Hashable, Sendable {
    /// Those that somebody may still join by, by id.
    case invites
    /// Everybody who has an account, or left something, by name.
    case members
    /// Who is signed in, by name.
    case sessions
    /// By name.
    case publications(of: UserName)
    case groups
    case groupMembers(UserName)
}

/// What a member asks about his own account.
package enum AccountRequest: Hashable, Sendable {
    /// Ends what his other devices are signed in with, and voids the certificate of this one too: it signs in anew.
    case changePassword(old: [UInt8], new: [UInt8])
    /// Those that are signed in, or may sign in without the password.
    case devices(PageWindow)
    /// It needs the password then. All certificates of the member are void from then on: also this device's, which renews
    /// its own.
    case signOut(DeviceID)
    case signOutOthers
}

extension Administration {
    /// How many may join by one invitation, and for how many milliseconds: from a minute to a year.
    package static let uses: ClosedRange<Int64> = 1...100_000
    package static let lifetime: ClosedRange<Int64> = 60_000...366 * 86_400_000
}
