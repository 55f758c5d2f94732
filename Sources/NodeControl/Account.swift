/// One's own account in the network, and the devices that are signed in with it.
package protocol NodeAccount: Sendable {
    /// What the directory lets this member do; it may change while he is signed in.
    func role() async throws(NodeFailure) -> MemberRole
    /// Takes another password, and signs all other devices out. Throws `.authenticationFailed` where the old one is wrong,
    /// `.accountOfFile` for who stands in the server's credentials.txt, `.passwordUnfit`, and ``NodeFailure/expelled`` where
    /// this device could not sign in again with the new one.
    func changePassword(old: String, new: String) async throws(NodeFailure)
    /// Those that are signed in, or may sign in without the password: the one that signed in last first.
    func devices() async throws(NodeFailure) -> [MemberDevice]
    /// Signs a device out: it needs the password then. For this one there is ``NodeMembership/leave()``. Throws
    /// `.noSuchDevice`.
    ///
    /// - Parameter device: Its ``MemberDevice/id``.
    func signOut(device: String) async throws(NodeFailure)
    /// Signs all devices out but this one.
    func signOutOthers() async throws(NodeFailure)
    /// Signs this device out: it needs the password the next time. The node is of no use from then on; ``NodeMembership/leave()``
    /// comes after it.
    func signOutHere() async throws(NodeFailure)
}

package enum MemberRole: String, Codable, Hashable, Sendable, CaseIterable {
    case member
    /// May do what ``NodeAdministration`` has.
    case admin
}

/// A device of a member's own.
package struct MemberDevice: Codable, Hashable, Sendable {
    /// 32 hexadecimal digits.
    package var id: String
    /// How people call it; empty where that is not known.
    package var label: String
    /// Milliseconds since 1970.
    package var lastSignIn: Int64
    /// Until when it needs no password, milliseconds since 1970.
    package var expires: Int64
    package var isOnline: Bool
    /// The one that this node runs on.
    package var isThis: Bool

    package init(id: String, label: String, lastSignIn: Int64, expires: Int64, isOnline: Bool, isThis: Bool) {
        self.id = id
        self.label = label
        self.lastSignIn = lastSignIn
        self.expires = expires
        self.isOnline = isOnline
        self.isThis = isThis
    }
}
