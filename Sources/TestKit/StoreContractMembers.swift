import Content
import Directory
import Wire

extension StoreContract {
    static let memberCases = [
        Case("an invited account is changed, and no other", run: changedAccounts),
        Case("somebody who administers the network is left", run: lastAdmin),
        Case("a member is removed with all that is his, and his certificates are void", run: removal),
        Case("publications are dropped in parts", run: dropping),
        Case("devices are listed while they have tokens, and signed out alone or but for one", run: signingOut),
        Case("groups share the names of members", run: groupNames),
        Case("members of groups are kept by name, up to a limit", run: groupMembers),
    ]

    private static let seal = Hash256(hashing: [1])

    /// Enters an account, as joining does.
    private static func enter(_ name: String, in subject: Subject) async throws -> InvitedAccount {
        let account = InvitedAccount(
            user: try Sample.user(name),
            password: StoredPassword(
                salt: [UInt8](repeating: 7, count: StoredPassword.saltByteCount), hash: Hash256(hashing: name.utf8)),
            role: .member, attempt: Hash256(hashing: name.utf8 + [1]))
        if try await subject.store.invite(sealed: seal) == nil {
            _ = try await subject.store.add(
                Invite(seal: seal, role: .member, usesLeft: 100, created: 1, expires: 100))
        }
        try expect(try await subject.store.join(account, by: seal, at: 50), is: .joined)
        return account
    }

    @Sendable private static func changedAccounts(_ subject: Subject) async throws {
        let store = subject.store
        let joined = try await enter("hans", in: subject)
        let anna = try await enter("anna", in: subject)
        var hans = joined
        hans.role = .admin
        hans.isDisabled = true
        hans.password.hash = Hash256(hashing: [9])
        try expect(try await store.change(joined, to: hans), is: .changed)
        // Whoever takes it for what it was overwrites nothing of that.
        var stale = joined
        stale.password.hash = Hash256(hashing: [8])
        try expect(try await store.change(joined, to: stale), is: .notAsBefore)
        try expect(try await store.invitedAccounts(), is: [anna, hans])
        // Of the credentials file, and nobody.
        try await store.note([Sighting(user: try Sample.user("vader"), time: 5)])
        for name in ["vader", "leia"] {
            stale.user = try Sample.user(name)
            try expect(try await store.change(stale, to: stale), is: .notAsBefore)
        }
        try expect(
            try await store.memberRecords(after: nil, limit: 9).map(\.user.text), is: ["anna", "hans", "vader"])
        try expect(
            try await store.memberRecords(after: anna.user, limit: 1).map(\.user.text), is: ["hans"])
    }

    @Sendable private static func lastAdmin(_ subject: Subject) async throws {
        let store = subject.store
        var accounts: [InvitedAccount] = []
        for name in ["anna", "hans"] {
            let member = try await enter(name, in: subject)
            var admin = member
            admin.role = .admin
            try expect(try await store.change(member, to: admin), is: .changed)
            accounts.append(admin)
        }
        var disabled = accounts[0]
        disabled.isDisabled = true
        try expect(try await store.change(accounts[0], to: disabled), is: .changed)
        // Who is not let in administers nothing.
        for change in [{ $0.role = .member }, { $0.isDisabled = true }] as [(inout InvitedAccount) -> Void] {
            var other = accounts[1]
            change(&other)
            try expect(try await store.change(accounts[1], to: other), is: .lastAdmin)
        }
        try expect(try await store.invitedAccounts(), is: [disabled, accounts[1]])
        var member = disabled
        member.role = .member
        try expect(try await store.change(disabled, to: member), is: .changed)
    }

    @Sendable private static func removal(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try await enter("hans", in: subject).user
        let vader = try Sample.user("vader")
        _ = try await store.publish([Sample.draft("a", 1)], by: hans, limit: 9)
        _ = try await signIn(hans, 1, at: 60, in: subject)
        _ = try await store.addGroup(try Sample.user("jedi"))
        _ = try await store.changeGroup(try Sample.user("jedi"), add: [hans, vader], remove: [], limit: 9)
        try expect(
            try await store.memberRecords(after: nil, limit: 9),
            is: [
                MemberRecord(user: hans, lastSeen: 60, publications: 1),
                MemberRecord(user: vader, lastSeen: 0, publications: 0),
            ])
        let revocation = try await store.removeMember(hans, issuedBefore: 70)
        try expect(revocation?.issuedBefore, is: 70)
        try expect(revocation?.user, is: hans)
        try expect(try await store.revocations(since: 0).kept, is: revocation.map { [$0] } ?? [])
        try expect(try await store.memberRecords(after: nil, limit: 9).map(\.user), is: [vader])
        try expect(try await store.invitedAccounts(), is: [])
        try expect(try await store.devices(of: hans), is: [])
        try expect(
            try await store.findings(named: Sample.file("a"), for: Viewer(vader, at: 0), after: nil, limit: 9), is: [])
        try expect(try await store.members(ofGroup: Sample.user("jedi")), is: [vader])
        try expect(try await store.removeMember(hans, issuedBefore: 80), is: nil)
        // The name is free.
        _ = try await enter("hans", in: subject)
    }

    @Sendable private static func dropping(_ subject: Subject) async throws {
        let store = subject.store
        let (hans, vader) = (try Sample.user("hans"), try Sample.user("vader"))
        let drafts = try [1, 2, 3].map { (number: Int) in try Sample.draft("a\(number)", number) }
        _ = try await store.publish(drafts, by: hans, limit: 9)
        _ = try await store.publish([Sample.draft("b", 1)], by: vader, limit: 9)
        try expect(try await store.dropPublications(of: hans, limit: 2), is: 2)
        try expect(try await store.dropPublications(of: hans, limit: 2), is: 1)
        try expect(try await store.dropPublications(of: hans, limit: 2), is: 0)
        try expect(try await store.publications(of: hans, after: nil, limit: 9), is: [])
        try expect(try await store.publications(of: vader, after: nil, limit: 9).count, is: 1)
        // What stands below others goes before them.
        let folder = PublicationDraft(name: try Sample.file("folder"), content: nil, isParent: true)
        guard case .published(let parent)? = try await store.publish([folder], by: hans, limit: 9).first else {
            throw Breach(description: "no folder")
        }
        let inner = try [1, 2].map { (number: Int) in try Sample.draft("b\(number)", number, below: parent) }
        _ = try await store.publish(inner, by: hans, limit: 9)
        try expect(try await store.dropPublications(of: hans, limit: 2), is: 2)
        try expect(try await store.publications(of: hans, after: nil, limit: 9).map(\.id), is: [parent])
        try expect(try await store.dropPublications(of: hans, limit: 2), is: 1)
    }

    private static func signIn(
        _ user: UserName, _ device: UInt8, at time: Int64, in subject: Subject
    ) async throws -> DeviceRecord {
        let device = try Sample.device(device)
        let pair = TokenPair(current: Hash256(hashing: device.bytes), previous: nil, expires: time + 1_000)
        _ = try await subject.store.changeTokens(
            of: device, labelled: "device \(time)", noting: Sighting(user: user, time: time)
        ) { _ in pair }
        return DeviceRecord(id: device, label: "device \(time)", lastSignIn: time, expires: time + 1_000)
    }

    @Sendable private static func signingOut(_ subject: Subject) async throws {
        let store = subject.store
        let (hans, vader) = (try Sample.user("hans"), try Sample.user("vader"))
        let first = try await signIn(hans, 1, at: 10, in: subject)
        let second = try await signIn(hans, 2, at: 20, in: subject)
        let third = try await signIn(hans, 3, at: 30, in: subject)
        _ = try await signIn(vader, 1, at: 40, in: subject)
        try expect(try await store.devices(of: hans), is: [third, second, first])
        let revocation = try await store.signOut(.only(second.id), of: hans, issuedBefore: 50)
        try expect(revocation?.issuedBefore, is: 50)
        try expect(try await store.devices(of: hans), is: [third, first])
        try expect(try await store.signOut(.only(second.id), of: hans, issuedBefore: 60), is: nil)
        try expect(try await store.signOut(.allBut(first.id), of: hans, issuedBefore: 60)?.user, is: hans)
        try expect(try await store.devices(of: hans), is: [first])
        try expect(try await store.signOut(.allBut(first.id), of: hans, issuedBefore: 70), is: nil)
        try expect(try await store.revocations(since: 0).kept.map(\.issuedBefore), is: [50, 60])
        try expect(try await store.devices(of: vader).count, is: 1)
    }

    @Sendable private static func groupNames(_ subject: Subject) async throws {
        let store = subject.store
        let (jedi, hans) = (try Sample.user("jedi"), try await enter("hans", in: subject).user)
        try expect(try await store.addGroup(jedi), is: true)
        try expect(try await store.addGroup(jedi), is: true)
        try expect(try await store.addGroup(hans), is: false)
        var taken = try await store.invitedAccounts()[0]
        taken.user = jedi
        try expect(try await store.join(taken, by: seal, at: 50), is: .nameTaken)
        try expect(try await store.groups(), is: [GroupEntry(name: jedi, memberCount: 0)])
        try expect(try await store.removeGroup(jedi), is: true)
        try expect(try await store.removeGroup(jedi), is: false)
        try expect(try await store.groups(), is: [])
    }

    @Sendable private static func groupMembers(_ subject: Subject) async throws {
        let store = subject.store
        let (jedi, sith) = (try Sample.user("jedi"), try Sample.user("sith"))
        let (luke, anakin, yoda) = (try Sample.user("luke"), try Sample.user("anakin"), try Sample.user("yoda"))
        for group in [jedi, sith] { _ = try await store.addGroup(group) }
        try expect(try await store.members(ofGroup: luke), is: nil)
        try expect(try await store.changeGroup(luke, add: [yoda], remove: [], limit: 9), is: .noSuchGroup)
        try expect(try await store.changeGroup(jedi, add: [luke, anakin], remove: [yoda], limit: 2), is: .changed)
        try expect(try await store.changeGroup(jedi, add: [luke, yoda], remove: [], limit: 2), is: .tooManyMembers)
        try expect(try await store.members(ofGroup: jedi), is: [anakin, luke])
        try expect(try await store.changeGroup(jedi, add: [yoda], remove: [anakin], limit: 2), is: .changed)
        try expect(try await store.changeGroup(sith, add: [anakin, luke], remove: [], limit: 2), is: .changed)
        try expect(try await store.members(ofGroup: jedi), is: [luke, yoda])
        try expect(try await store.groups(of: luke), is: [jedi, sith])
        try expect(try await store.groups(of: yoda), is: [jedi])
        _ = try await store.removeGroup(jedi)
        try expect(try await store.groups(of: luke), is: [sith])
    }
}
