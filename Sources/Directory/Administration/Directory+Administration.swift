package import Wire

/// What administrators may do, and what is refused to them too: the rules, whichever way they ask.
extension Directory {
    /// Whoever may use the server's state folder asks.
    package func administer(_ administration: Administration) async -> DirectoryOutcome {
        let here = Origin(address: [127, 0, 0, 1], port: 0)
        var outcome = await perform { try await $0.administer(administration, by: nil, from: here) }
        outcome.news += takeNews()
        return outcome
    }

    /// - Parameter admin: Nil for whoever may use the server's state folder.
    /// - Throws: ``DirectoryRefusal`` or ``DirectoryStoreError``, as everything here.
    func administer(
        _ administration: Administration, by admin: UserName?, from origin: Origin
    ) async throws -> DirectoryOutcome {
        switch administration {
        case .list(let list, let window): return try await self.list(list, window)
        case .change(let change):
            var outcome = try await apply(change, from: origin)
            noteWritten()
            if let deed = AdministrativeDeed(change, outcome.answers) {
                outcome.notices.append(.administered(by: admin, deed))
            }
            return outcome
        }
    }

    private func apply(_ change: AdministrativeChange, from origin: Origin) async throws -> DirectoryOutcome {
        switch change {
        case .invite(let secret, let uses, let role, let lifetime): try await invite(secret, uses, role, lifetime)
        case .withdrawInvite(let id):
            if try await withdrawInvite(id) { .done } else { throw DirectoryRefusal.noSuchInvite }
        case .disable(let user): try await setDisabled(true, user)
        case .enable(let user): try await setDisabled(false, user)
        case .remove(let user): try await remove(user)
        case .setRole(let user, let role): try await setRole(role, user)
        case .setPassword(let user, let password): try await setPassword(password, user, from: origin)
        case .signOut(let user):
            if accounts.contains(user) { await ending(user) } else { throw DirectoryRefusal.noSuchMember }
        case .takeDown(let names, let user): try await takeDown(names, of: user)
        case .addGroup, .removeGroup, .addMembers, .removeMembers: try await applyToGroup(change)
        }
    }

    // MARK: Invitations

    /// The same secret again is the same invitation, of which nobody heard.
    private func invite(
        _ secret: InviteSecret, _ uses: Int64, _ role: Role, _ lifetime: Int64
    ) async throws -> DirectoryOutcome {
        guard Administration.uses.contains(uses), Administration.lifetime.contains(lifetime) else {
            throw DirectoryRefusal.malformed
        }
        if let known = try await surroundings.store.invite(sealed: secret.seal) {
            return DirectoryOutcome(answers: [.invited(InviteEntry(known))])
        }
        let limit = settings.limits.openInvites
        guard try await openInvites().count < limit else { throw DirectoryRefusal.quotaReached(limit: limit) }
        let invite = try await enter(secret, uses, role, until: surroundings.clock.wall() + lifetime)
        return DirectoryOutcome(answers: [.invited(InviteEntry(invite))])
    }

    // MARK: Accounts

    private func setDisabled(_ isDisabled: Bool, _ user: UserName) async throws -> DirectoryOutcome {
        try await changing(user) { account in
            guard account.isDisabled != isDisabled else { return .done }
            if isDisabled { try keepAnAdmin(besides: account) }
            try await put(account) { $0.isDisabled = isDisabled }
            return isDisabled ? await ending(user) : .done
        }
    }

    private func setRole(_ role: Role, _ user: UserName) async throws -> DirectoryOutcome {
        try await changing(user) { account in
            guard account.role != role else { return .done }
            if role != .admin { try keepAnAdmin(besides: account) }
            try await put(account) { $0.role = role }
            tellNews(to: user)
            return .done
        }
    }

    private func setPassword(
        _ password: [UInt8], _ user: UserName, from origin: Origin
    ) async throws -> DirectoryOutcome {
        try await changing(user) { account in
            let stored = try await storedPassword(password, from: origin)
            try await put(account) { $0.password = stored }
            return await ending(user)
        }
    }

    /// Also of somebody who has no account any more, but left publications and his name.
    ///
    /// He is not let in from the first step on; a server that ends in between leaves a disabled member, who can be removed
    /// again.
    private func remove(_ user: UserName) async throws -> DirectoryOutcome {
        let store = surroundings.store
        guard !accounts.isFiled(user) else { throw DirectoryRefusal.accountOfFile }
        return try await alone(user) {
            if let account = accounts.invited(user) {
                try keepAnAdmin(besides: account)
                try await put(account) { $0.isDisabled = true }
            }
            let outcome = await ending(user)
            while try await store.dropPublications(of: user, limit: Self.publicationsAtOnce) > 0 {}
            backlog.forget(user)
            let revocation = try await store.removeMember(user, issuedBefore: nextSecond)
            guard revocation != nil || accounts.isInvited(user) else { throw DirectoryRefusal.noSuchMember }
            revocations.enter(revocation.map { [$0] } ?? [])
            accounts.remove(user)
            return outcome
        }
    }

    /// In one transaction, so that others' writes come in between.
    private static var publicationsAtOnce: Int { 1_000 }

    private func takeDown(_ names: [FileName], of user: UserName) async throws -> DirectoryOutcome {
        guard names.count <= settings.limits.itemsPerRequest else { throw DirectoryRefusal.malformed }
        let removed = try await surroundings.store.unpublish(names, by: user)
        noteRemoved()
        presence.forget(removed.compactMap(\.self), of: user)
        return DirectoryOutcome(answers: [.unpublishResults(removed.map { $0 != nil })])
    }
}

// MARK: - What changes have in common

extension Directory {
    /// Changes an account that was invited, where nothing else is just changing it.
    func changing(
        _ user: UserName, _ body: (InvitedAccount) async throws -> DirectoryOutcome
    ) async throws -> DirectoryOutcome {
        guard !accounts.isFiled(user) else { throw DirectoryRefusal.accountOfFile }
        return try await alone(user) {
            guard let account = accounts.invited(user) else { throw DirectoryRefusal.noSuchMember }
            return try await body(account)
        }
    }

    private func alone(
        _ user: UserName, _ body: () async throws -> DirectoryOutcome
    ) async throws -> DirectoryOutcome {
        guard underChange.insert(user).inserted else {
            throw DirectoryRefusal.busy(retryAfter: settings.limits.busyRetry)
        }
        defer { underChange.remove(user) }
        return try await body()
    }

    /// Those who are just being changed do not count: two who could remove each other must not both succeed.
    private func keepAnAdmin(besides account: InvitedAccount) throws {
        guard accounts.role(of: account.user) == .admin else { return }
        guard !accounts.admins.subtracting(underChange).isEmpty else { throw DirectoryRefusal.lastAdmin }
    }

    /// Keeps a changed account, in the store before here. Where another server changed it, and this one did not hear of that
    /// yet, the member is to ask again: then it has.
    func put(_ former: InvitedAccount, _ change: (inout InvitedAccount) -> Void) async throws {
        var account = former
        change(&account)
        switch try await surroundings.store.change(former, to: account) {
        case .changed: break
        case .notAsBefore: throw DirectoryRefusal.busy(retryAfter: settings.limits.busyRetry)
        case .lastAdmin: throw DirectoryRefusal.lastAdmin
        }
        // What was heard meanwhile is this very change, or one that came after it.
        if accounts.invited(former.user) == former { accounts.insert(account) }
        // Whoever changed it ends here what has to end.
        if accounts.invited(former.user) == account { others.heard(former.user) }
    }

    func storedPassword(_ password: [UInt8], from origin: Origin) async throws -> StoredPassword {
        guard Login.canBeChosen(password) else { throw DirectoryRefusal.malformed }
        let salt = surroundings.random(StoredPassword.saltByteCount)
        guard let hash = await surroundings.passwords.hash(password, salt: salt, from: origin) else {
            throw DirectoryRefusal.busy(retryAfter: settings.limits.busyRetry)
        }
        return StoredPassword(salt: salt, hash: hash)
    }

    /// Signs a member out everywhere, and writes that down. Where the store fails, the next tick tries again.
    func ending(_ user: UserName) async -> DirectoryOutcome {
        var outcome = expel(user)
        outcome.notices += await flush()
        outcome.answers = [.done]
        return outcome
    }
}

extension DirectoryOutcome {
    static let done = DirectoryOutcome(answers: [.done])
}

extension InviteEntry {
    init(_ invite: Invite) {
        self.init(
            id: invite.id, role: invite.role, usesLeft: invite.usesLeft, created: invite.created,
            expires: invite.expires)
    }
}
