package import Wire

/// What the directory keeps for those who administer it, and of members' own devices: a part of ``DirectoryStore``, whose
/// rules hold here too.
package protocol AdministrationStore: Sendable {
    // Members

    /// Replaces an invited account's password, role, and whether it is disabled, where it is what it was taken for: other
    /// servers may have changed it. Somebody who administers the network is left.
    func change(_ former: InvitedAccount, to account: InvitedAccount) async throws(DirectoryStoreError)
        -> AccountChanging
    /// Everybody whom the store knows, whatever his origin, by name.
    func memberRecords(after name: UserName?, limit: Int) async throws(DirectoryStoreError) -> [MemberRecord]
    /// Removes a member with all that is his, also from the groups, and enters a revocation. Nil where the store does not
    /// know him. Takes as long as he has publications: see ``dropPublications(of:limit:)``.
    func removeMember(_ user: UserName, issuedBefore: Int64) async throws(DirectoryStoreError) -> Revocation?
    /// Removes some of a member's publications, at most so many.
    ///
    /// - Returns: How many they were, what stood below them not counted.
    func dropPublications(of owner: UserName, limit: Int) async throws(DirectoryStoreError) -> Int

    // Devices

    /// Those of a member that have tokens, the one that signed in last first.
    func devices(of user: UserName) async throws(DirectoryStoreError) -> [DeviceRecord]
    /// Ends the tokens of one device of a member, or of all but one, and enters a revocation. Nil, and nothing is changed,
    /// where none of them had any.
    func signOut(_ devices: SignedOut, of user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?

    // Groups

    /// By name, each with the number of its members.
    func groups() async throws(DirectoryStoreError) -> [GroupEntry]
    /// False where somebody whom the store knows has the name. A group that is there already is left as it is.
    func addGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool
    /// False where there is none of that name.
    func removeGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool
    /// Adds and removes members; whether they have accounts, the directory knows. A group has at most `limit` members
    /// afterwards.
    func changeGroup(_ name: UserName, add: [UserName], remove: [UserName], limit: Int64)
        async throws(DirectoryStoreError) -> GroupChanging
    /// By name; nil where there is no such group.
    func members(ofGroup name: UserName) async throws(DirectoryStoreError) -> [UserName]?
    /// Those that a member is in, by name.
    func groups(of member: UserName) async throws(DirectoryStoreError) -> [UserName]
}

/// What came of changing an account.
package enum AccountChanging: Hashable, Sendable {
    case changed
    /// Somebody else changed or removed it, and nothing is done.
    case notAsBefore
    /// Nobody else administers the network.
    case lastAdmin
}

/// What a store knows of a member.
package struct MemberRecord: Hashable, Sendable {
    package var user: UserName
    /// Milliseconds since 1970; 0 where he never signed in.
    package var lastSeen: Int64
    package var publications: Int64

    package init(user: UserName, lastSeen: Int64, publications: Int64) {
        self.user = user
        self.lastSeen = lastSeen
        self.publications = publications
    }
}

/// A device that may sign in with a token.
package struct DeviceRecord: Hashable, Sendable {
    package var id: DeviceID
    /// How people call it.
    package var label: String
    /// Milliseconds since 1970.
    package var lastSignIn: Int64
    package var expires: Int64

    package init(id: DeviceID, label: String, lastSignIn: Int64, expires: Int64) {
        self.id = id
        self.label = label
        self.lastSignIn = lastSignIn
        self.expires = expires
    }
}

/// Which devices of a member.
package enum SignedOut: Hashable, Sendable {
    case only(DeviceID)
    case allBut(DeviceID)
}

/// What came of changing a group's members.
package enum GroupChanging: Hashable, Sendable {
    case changed
    case noSuchGroup
    case tooManyMembers
}
