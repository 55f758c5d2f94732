import Content
import Directory
import Wire

extension StoreContract {
    static let inviteCases = [
        Case("invites are listed by id, found by their seal, and removed once", run: invites),
        Case("each joining counts, until an invite is used up or has ended", run: joining),
        Case("invites that nobody can join by any more are pruned", run: pruning),
        Case("a name is taken once, whatever its origin", run: takenNames),
    ]

    private static func invite(_ number: UInt8, uses: Int64 = 2, expires: Int64 = 100) -> Invite {
        Invite(seal: Hash256(hashing: [number]), role: .member, usesLeft: uses, created: 1, expires: expires)
    }

    private static func account(_ name: String, role: Role = .member) throws -> InvitedAccount {
        InvitedAccount(
            user: try Sample.user(name),
            password: StoredPassword(
                salt: [UInt8](repeating: 7, count: StoredPassword.saltByteCount), hash: Hash256(hashing: name.utf8)),
            role: role, attempt: Hash256(hashing: name.utf8 + [1]))
    }

    @Sendable private static func invites(_ subject: Subject) async throws {
        var (first, second) = (invite(1), invite(2))
        first.id = try await subject.store.add(first)
        second.id = try await subject.store.add(second)
        try expect(first.id < second.id, "ids do not grow")
        try expect(try await subject.store.invites(), is: [first, second])
        try expect(try await subject.store.invite(sealed: second.seal), is: second)
        try expect(try await subject.store.removeInvite(first.id), is: true)
        try expect(try await subject.store.removeInvite(first.id), is: false)
        try expect(try await subject.store.invite(sealed: first.seal), is: nil)
        try expect(try await subject.store.add(invite(3)) > second.id, "an id was given twice")
    }

    @Sendable private static func joining(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try account("hans", role: .admin)
        _ = try await store.add(invite(1))
        let seal = invite(1).seal
        try expect(try await store.join(hans, by: Hash256(hashing: [9]), at: 50), is: .inviteInvalid)
        try expect(try await store.join(hans, by: seal, at: 100), is: .inviteInvalid)
        try expect(try await store.join(hans, by: seal, at: 50), is: .joined)
        try expect(try await store.invite(sealed: seal)?.usesLeft, is: 1)
        try expect(try await store.join(account("anna"), by: seal, at: 50), is: .joined)
        try expect(try await store.join(account("vader"), by: seal, at: 50), is: .inviteInvalid)
        try expect(try await store.invitedAccounts(), is: [account("anna"), hans])
    }

    @Sendable private static func pruning(_ subject: Subject) async throws {
        let store = subject.store
        _ = try await store.add(invite(1, uses: 1))
        _ = try await store.add(invite(2, expires: 60))
        var open = invite(3)
        open.id = try await store.add(open)
        try expect(try await store.join(account("hans"), by: invite(1).seal, at: 50), is: .joined)
        try await store.prune(revocationsBefore: 0, expiredBefore: 70)
        try expect(try await store.invites(), is: [open])
    }

    @Sendable private static func takenNames(_ subject: Subject) async throws {
        let store = subject.store
        _ = try await store.add(invite(1))
        let seal = invite(1).seal
        try await store.note([Sighting(user: try Sample.user("vader"), time: 5)])
        try expect(try await store.join(account("vader"), by: seal, at: 50), is: .nameTaken)
        try expect(try await store.join(account("hans"), by: seal, at: 50), is: .joined)
        try expect(try await store.join(account("hans"), by: seal, at: 50), is: .nameTaken)
        try expect(try await store.invite(sealed: seal)?.usesLeft, is: 1)
        try expect(try await store.sightings(since: 0).map(\.user.text), is: ["hans", "vader"])
        try await store.note([Sighting(user: try Sample.user("hans"), time: 60)])
        try expect(try await store.invitedAccounts(), is: [account("hans")])
    }
}
