package import Content
package import Wire

/// What the directory keeps: all that must outlive the process. Rules are the directory's; a store
/// keeps, finds and orders.
///
/// When a writing method returns, the change is on the disk. Writes are atomic, each by itself. What is
/// *active* a store learns from the ``PresenceView`` with which it was opened. Lists are in the order of
/// their keys, compared as bytes, and come in parts: the first `limit` items behind a position, nil
/// being the start.
package protocol DirectoryStore: AdministrationStore, PermissionStore {
    // Accounts and devices

    /// Notes when members were last there, and under which password where that is said; an account that is new to the
    /// store is entered.
    func note(_ sightings: [Sighting]) async throws(DirectoryStoreError)
    /// Who was there since a time, by name, each with the last seal that was noted.
    func sightings(since time: Int64) async throws(DirectoryStoreError) -> [Sighting]
    /// Replaces the tokens of a member's device by what `change` makes of them, and notes the sighting and how people call
    /// the device, in one transaction. False, and nothing is changed, where `change` gives nil. An account has at most
    /// ``TokenPair/devicesPerMember`` devices afterwards: those whose tokens expire first are removed.
    func changeTokens(
        of device: DeviceID, labelled label: String, noting sighting: Sighting,
        _ change: @escaping @Sendable (TokenPair?) -> TokenPair?
    ) async throws(DirectoryStoreError) -> Bool
    /// Ends all tokens of some members and enters a revocation for each of them that the store knows: others
    /// never had a certificate. Serials grow by one each and are never given twice.
    func revoke(_ users: [UserName], issuedBefore: Int64) async throws(DirectoryStoreError) -> [Revocation]
    /// The last serial that was ever given (0: none), and the revocations of certificates issued since a time.
    func revocations(since time: Int64) async throws(DirectoryStoreError) -> (serial: Int64, kept: [Revocation])
    /// Removes what nobody needs any more: revocations of certificates issued before a time, devices whose tokens
    /// expired before another, with what they hold, and invites that nobody can join by from then on.
    func prune(revocationsBefore: Int64, expiredBefore: Int64) async throws(DirectoryStoreError)

    // Invitations, and the accounts that came of them

    /// - Returns: Its id; those of an invite are not looked at.
    func add(_ invite: Invite) async throws(DirectoryStoreError) -> Int64
    /// By id.
    func invites() async throws(DirectoryStoreError) -> [Invite]
    /// False where there is none of that id.
    func removeInvite(_ id: Int64) async throws(DirectoryStoreError) -> Bool
    func invite(sealed seal: Hash256) async throws(DirectoryStoreError) -> Invite?
    /// Enters an account by an invite that is open at a time, and counts that. A name is taken where the store knows it,
    /// whatever its origin, and where a group has it.
    func join(_ account: InvitedAccount, by seal: Hash256, at now: Int64) async throws(DirectoryStoreError) -> Joining
    /// By name.
    func invitedAccounts() async throws(DirectoryStoreError) -> [InvitedAccount]

    // The catalogue, by its owners

    /// One result for each draft, in their order. The owner has at most `limit` publications afterwards.
    ///
    /// - Parameters:
    ///   - now: In milliseconds since 1970: since then they are published, what has another content than before too.
    ///   - isOfFile: whether somebody has an account of the credentials file, which the store need not know.
    func publish(
        _ drafts: [PublicationDraft], by owner: UserName, at now: Int64, limit: Int64,
        isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [PublishResult]
    /// Whether there is a publication of the owner's for everybody at the top, under any of these names.
    func isAnyOpen(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> Bool
    /// What was removed for each name at the top, in their order: nil where it was not published. What
    /// stood below it goes too.
    func unpublish(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> [PublicationID?]
    /// Those at the top, by name.
    func publications(of owner: UserName, after position: FileName?, limit: Int)
        async throws(DirectoryStoreError) -> [Publication]
    /// Gives publications another name or parent, each by itself. False where it, or the parent, is not the owner's, where
    /// the two stand below different tops, or it would come to stand below itself, or where the place is taken.
    func arrange(_ places: [Arrangement], by owner: UserName) async throws(DirectoryStoreError) -> [Bool]
    /// Removes publications with what stands below; false where there is none of the owner's.
    func withdraw(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [Bool]
    /// Where much stood below what was removed, or replaced by something of another kind, the store may keep that for later,
    /// and only counts it: nobody sees it, and nothing can be done with it. This removes some of it, at most about so many.
    ///
    /// - Returns: How many; 0 where nothing is left.
    func dropRemains(limit: Int) async throws(DirectoryStoreError) -> Int
    /// Those of some ids that are publications of this owner.
    func owned(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [PublicationID]
    /// Says what a device holds without having published it. False, and nothing is changed, where it
    /// would hold more than `limit`.
    func hold(add: [HolderEntry], remove: [ContentID], user: UserName, device: DeviceID, limit: Int64)
        async throws(DirectoryStoreError) -> Bool

    // The catalogue, by everybody else: each sees what is for everybody, what is for him, and what is locked, of which no
    // content is told

    /// Others' active publications that a query asks for.
    ///
    /// - Parameter next: As the findings before say; 0 at the beginning. What was there all the time is found once.
    func search(_ query: SearchQuery, for viewer: Viewer, from next: Int64)
        async throws(DirectoryStoreError) -> SearchFindings
    /// Those of some ids that are active and visible, in their order.
    func listings(_ ids: [PublicationID], for viewer: Viewer) async throws(DirectoryStoreError) -> [ListedPublication]
    /// Active publications of a member at the top, or below a parent, by id.
    func listings(
        of owner: UserName, below parent: PublicationID?, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [ListedPublication]
    func active(_ publication: PublicationID, for viewer: Viewer) async throws(DirectoryStoreError)
        -> ListedPublication?
    /// What stands at a path below a publication, active or not.
    func descendant(of parent: PublicationID, _ path: [FileName], for viewer: Viewer)
        async throws(DirectoryStoreError) -> Finding?
    /// Others' publications of a name, active or not, by id.
    func findings(named name: FileName, for viewer: Viewer, after position: PublicationID?, limit: Int)
        async throws(DirectoryStoreError) -> [Finding]
    /// All who have a content that everybody may have from each of them, in no order; nil where some of it is not for
    /// everybody, or there are more than `limit`, or where others write to the store too: then what it says is not to be kept.
    func keepers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [Keeper]?
    /// Other members who actively publish a content, or hold it on a device that is there, by name: by a publication that
    /// the viewer may see; nil is one who may see what is for everybody alone, and is nobody of them.
    func sources(of content: ContentID, for viewer: Viewer?, after position: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [ContentSource]

    /// A look at each account.
    func totals() async throws(DirectoryStoreError) -> StoreTotals
}

/// When a member was last there.
package struct Sighting: Hashable, Sendable {
    package var user: UserName
    /// Milliseconds since 1970.
    package var time: Int64
    /// Under which password he was let in, see ``AccountsKey/seal(_:)``. Nil leaves what was noted before.
    package var seal: Hash256?

    package init(user: UserName, time: Int64, seal: Hash256? = nil) {
        self.user = user
        self.time = time
        self.seal = seal
    }
}

/// A member from whom a content can be had.
package struct ContentSource: Hashable, Sendable {
    package var user: UserName
    package var isWhole: Bool
    /// The publications at the top with which it can be had, and the devices that hold it besides.
    package var tops: Set<PublicationID>
    package var devices: Set<DeviceID>
    /// He has it by a publication that is not for everybody, here or there.
    package var demandsTicket: Bool

    package init(
        user: UserName, isWhole: Bool, tops: Set<PublicationID>, devices: Set<DeviceID>, demandsTicket: Bool = false
    ) {
        self.user = user
        self.isWhole = isWhole
        self.tops = tops
        self.devices = devices
        self.demandsTicket = demandsTicket
    }
}
