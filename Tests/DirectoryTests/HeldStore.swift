import Content
import Directory
import TestKit
import Wire

/// A store that keeps whoever revokes waiting, until a test says how that ends.
final class HeldStore: DirectoryStore {
    private let store: any DirectoryStore
    private let begun: AsyncStream<CheckedContinuation<DirectoryStoreError?, Never>>
    private let begin: AsyncStream<CheckedContinuation<DirectoryStoreError?, Never>>.Continuation

    private let overtaking = Seen<(@Sendable () async -> Void)?>(nil)

    init(_ store: any DirectoryStore) {
        self.store = store
        (begun, begin) = AsyncStream.makeStream()
    }

    /// Waits until somebody revokes; resuming what comes lets him go on, or fail. For one reader.
    func nextRevocation() async -> CheckedContinuation<DirectoryStoreError?, Never>? {
        var iterator = begun.makeAsyncIterator()
        return await iterator.next()
    }

    /// Lets something happen between the next reading of sources and its answer.
    func afterNextSources(_ body: @escaping @Sendable () async -> Void) { overtaking.change { $0 = body } }

    func revoke(_ users: [UserName], issuedBefore time: Int64) async throws(DirectoryStoreError) -> [Revocation] {
        if let failure = await withCheckedContinuation({ begin.yield($0) }) { throw failure }
        return try await store.revoke(users, issuedBefore: time)
    }

    func note(_ sightings: [Sighting]) async throws(DirectoryStoreError) { try await store.note(sightings) }

    func sightings(since time: Int64) async throws(DirectoryStoreError) -> [Sighting] {
        try await store.sightings(since: time)
    }

    func changeTokens(
        of device: DeviceID, labelled label: String, noting sighting: Sighting,
        _ change: @escaping @Sendable (TokenPair?) -> TokenPair?
    ) async throws(DirectoryStoreError) -> Bool {
        try await store.changeTokens(of: device, labelled: label, noting: sighting, change)
    }

    func revocations(since time: Int64) async throws(DirectoryStoreError) -> (serial: Int64, kept: [Revocation]) {
        try await store.revocations(since: time)
    }

    func prune(revocationsBefore: Int64, expiredBefore: Int64) async throws(DirectoryStoreError) {
        try await store.prune(revocationsBefore: revocationsBefore, expiredBefore: expiredBefore)
    }

    func add(_ invite: Invite) async throws(DirectoryStoreError) -> Int64 { try await store.add(invite) }

    func invites() async throws(DirectoryStoreError) -> [Invite] { try await store.invites() }

    func removeInvite(_ id: Int64) async throws(DirectoryStoreError) -> Bool { try await store.removeInvite(id) }

    func invite(sealed seal: Hash256) async throws(DirectoryStoreError) -> Invite? {
        try await store.invite(sealed: seal)
    }

    func join(_ account: InvitedAccount, by seal: Hash256, at now: Int64) async throws(DirectoryStoreError) -> Joining {
        try await store.join(account, by: seal, at: now)
    }

    func invitedAccounts() async throws(DirectoryStoreError) -> [InvitedAccount] { try await store.invitedAccounts() }

    func change(
        _ former: InvitedAccount, to account: InvitedAccount
    ) async throws(DirectoryStoreError) -> AccountChanging {
        try await store.change(former, to: account)
    }

    func memberRecords(after name: UserName?, limit: Int) async throws(DirectoryStoreError) -> [MemberRecord] {
        try await store.memberRecords(after: name, limit: limit)
    }

    func removeMember(_ user: UserName, issuedBefore: Int64) async throws(DirectoryStoreError) -> Revocation? {
        try await store.removeMember(user, issuedBefore: issuedBefore)
    }

    func dropRemains(limit: Int) async throws(DirectoryStoreError) -> Int { try await store.dropRemains(limit: limit) }

    func dropPublications(of owner: UserName, limit: Int) async throws(DirectoryStoreError) -> Int {
        try await store.dropPublications(of: owner, limit: limit)
    }

    /// Whose devices cannot be read.
    let failing = Seen<Set<UserName>>([])

    func devices(of user: UserName) async throws(DirectoryStoreError) -> [DeviceRecord] {
        if failing.value.contains(user) { throw .away(detail: "for a test") }
        return try await store.devices(of: user)
    }

    func signOut(_ devices: SignedOut, of user: UserName, issuedBefore: Int64)
        async throws(DirectoryStoreError) -> Revocation?
    {
        try await store.signOut(devices, of: user, issuedBefore: issuedBefore)
    }

    func groups() async throws(DirectoryStoreError) -> [GroupEntry] { try await store.groups() }

    func addGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool { try await store.addGroup(name) }

    func removeGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool { try await store.removeGroup(name) }

    func changeGroup(_ name: UserName, add: [UserName], remove: [UserName], limit: Int64)
        async throws(DirectoryStoreError) -> GroupChanging
    {
        try await store.changeGroup(name, add: add, remove: remove, limit: limit)
    }

    func members(ofGroup name: UserName) async throws(DirectoryStoreError) -> [UserName]? {
        try await store.members(ofGroup: name)
    }

    func groups(of member: UserName) async throws(DirectoryStoreError) -> [UserName] {
        try await store.groups(of: member)
    }

    func publish(
        _ drafts: [PublicationDraft], by owner: UserName, at now: Int64, limit: Int64,
        isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [PublishResult] {
        try await store.publish(drafts, by: owner, at: now, limit: limit, isOfFile: isOfFile)
    }

    func unpublish(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> [PublicationID?] {
        try await store.unpublish(names, by: owner)
    }

    func publications(of owner: UserName, after position: FileName?, limit: Int)
        async throws(DirectoryStoreError) -> [Publication]
    {
        try await store.publications(of: owner, after: position, limit: limit)
    }

    func arrange(_ places: [Arrangement], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await store.arrange(places, by: owner)
    }

    func withdraw(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [Bool] {
        try await store.withdraw(ids, by: owner)
    }

    func listings(_ ids: [PublicationID], for viewer: Viewer)
        async throws(DirectoryStoreError) -> [ListedPublication]
    {
        try await store.listings(ids, for: viewer)
    }

    func listings(
        of owner: UserName, below parent: PublicationID?, for viewer: Viewer, after position: PublicationID?, limit: Int
    ) async throws(DirectoryStoreError) -> [ListedPublication] {
        try await store.listings(of: owner, below: parent, for: viewer, after: position, limit: limit)
    }

    func active(
        _ publication: PublicationID, for viewer: Viewer
    ) async throws(DirectoryStoreError) -> ListedPublication? {
        try await store.active(publication, for: viewer)
    }

    func descendant(of parent: PublicationID, _ path: [FileName], for viewer: Viewer)
        async throws(DirectoryStoreError) -> Finding?
    {
        try await store.descendant(of: parent, path, for: viewer)
    }

    func grants(
        of content: ContentID, for viewer: Viewer, limit: Int
    ) async throws(DirectoryStoreError) -> [PublicationID] {
        try await store.grants(of: content, for: viewer, limit: limit)
    }

    func publishers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [UserName] {
        try await store.publishers(of: content, limit: limit)
    }

    func firstUnknown(
        of readers: [UserName], isOfFile: @escaping @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> Int? {
        try await store.firstUnknown(of: readers, isOfFile: isOfFile)
    }

    func ask(
        for publication: PublicationID, by viewer: Viewer, limits: AskLimits
    ) async throws(DirectoryStoreError) -> Asking {
        try await store.ask(for: publication, by: viewer, limits: limits)
    }

    func asks(of owner: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry] {
        try await store.asks(of: owner, after: id, limit: limit)
    }

    func asked(by member: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry] {
        try await store.asked(by: member, after: id, limit: limit)
    }

    func answer(
        ask id: Int64, _ verdict: Verdict, by owner: UserName, at now: Int64
    ) async throws(DirectoryStoreError) -> AskAnswering {
        try await store.answer(ask: id, verdict, by: owner, at: now)
    }

    func isAnyOpen(_ names: [FileName], by owner: UserName) async throws(DirectoryStoreError) -> Bool {
        try await store.isAnyOpen(names, by: owner)
    }

    func owned(_ ids: [PublicationID], by owner: UserName) async throws(DirectoryStoreError) -> [PublicationID] {
        try await store.owned(ids, by: owner)
    }

    func hold(add: [HolderEntry], remove: [ContentID], user: UserName, device: DeviceID, limit: Int64)
        async throws(DirectoryStoreError) -> Bool
    {
        try await store.hold(add: add, remove: remove, user: user, device: device, limit: limit)
    }

    func search(_ query: SearchQuery, for viewer: Viewer, from next: Int64)
        async throws(DirectoryStoreError) -> SearchFindings
    {
        try await store.search(query, for: viewer, from: next)
    }

    func findings(named name: FileName, for viewer: Viewer, after position: PublicationID?, limit: Int)
        async throws(DirectoryStoreError) -> [Finding]
    {
        try await store.findings(named: name, for: viewer, after: position, limit: limit)
    }

    func totals() async throws(DirectoryStoreError) -> StoreTotals { try await store.totals() }

    func keepers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [Keeper]? {
        try await store.keepers(of: content, limit: limit)
    }

    func sources(of content: ContentID, for viewer: Viewer?, after position: UserName?, limit: Int)
        async throws(DirectoryStoreError) -> [ContentSource]
    {
        let sources = try await store.sources(of: content, for: viewer, after: position, limit: limit)
        let overtaking = overtaking.value
        self.overtaking.change { $0 = nil }
        await overtaking?()
        return sources
    }
}
