import Content
package import Wire

/// How people who were invited become members.
extension Directory {
    /// What is known of the invite is looked at first: a stranger must not cost a scrypt. A name that is taken is told
    /// to those alone who hold an open invite.
    ///
    /// Who names no password only asks, and is told the same: before he has thought of one.
    ///
    /// Whoever joined and did not hear of it is told so when he asks again, whatever became of the invitation.
    func join(_ join: Join, from caller: Caller) async throws(DirectoryStoreError) -> DirectoryOutcome {
        let store = surroundings.store
        let seal = join.invite.seal
        let attempt = Hash256(hashing: join.attempt)
        if accounts.invited(join.user)?.attempt == attempt { return DirectoryOutcome(answers: [.done]) }
        guard let invite = try await store.invite(sealed: seal), invite.isOpen(at: surroundings.clock.wall()) else {
            return .refusal(.inviteInvalid)
        }
        guard !accounts.contains(join.user) else { return .refusal(.nameTaken) }
        guard let password = join.password else { return DirectoryOutcome(answers: [.done]) }
        let salt = surroundings.random(StoredPassword.saltByteCount)
        guard let hash = await surroundings.passwords.hash(password, salt: salt, from: caller.origin) else {
            return .refusal(.busy(retryAfter: settings.limits.busyRetry))
        }
        if accounts.invited(join.user)?.attempt == attempt { return DirectoryOutcome(answers: [.done]) }
        guard !accounts.contains(join.user) else { return .refusal(.nameTaken) }
        let account = InvitedAccount(
            user: join.user, password: StoredPassword(salt: salt, hash: hash), role: invite.role, attempt: attempt)
        switch try await store.join(account, by: seal, at: surroundings.clock.wall()) {
        case .inviteInvalid: return .refusal(.inviteInvalid)
        case .nameTaken: return .refusal(.nameTaken)
        case .joined:
            noteWritten(.none)
            accounts.insert(account)
            return DirectoryOutcome(answers: [.done], notices: [.joined(join.user, invite.role)])
        }
    }

    /// Lets so many people join until a time, milliseconds since 1970.
    ///
    /// - Returns: The secret, which is kept nowhere.
    package func invite(
        _ uses: Int64, as role: Role, until expires: Int64
    ) async throws(DirectoryStoreError) -> (invite: Invite, secret: InviteSecret) {
        guard let secret = InviteSecret(surroundings.random(InviteSecret.byteCount)) else {
            preconditionFailure("a secret of another length")
        }
        return (try await enter(secret, uses, role, until: expires), secret)
    }

    func enter(
        _ secret: InviteSecret, _ uses: Int64, _ role: Role, until expires: Int64
    ) async throws(DirectoryStoreError) -> Invite {
        var invite = Invite(
            seal: secret.seal, role: role, usesLeft: uses, created: surroundings.clock.wall(), expires: expires)
        invite.id = try await surroundings.store.add(invite)
        noteWritten(.none)
        return invite
    }

    /// Those that somebody may still join by.
    package func openInvites() async throws(DirectoryStoreError) -> [Invite] {
        let now = surroundings.clock.wall()
        return try await surroundings.store.invites().filter { $0.isOpen(at: now) }
    }

    /// Takes an invite back; false where there is none of that id. Who joined by it stays.
    package func withdrawInvite(_ id: Int64) async throws(DirectoryStoreError) -> Bool {
        let isGone = try await surroundings.store.removeInvite(id)
        noteWritten(.none)
        return isGone
    }

    /// How many have an account.
    package var accountCount: Int { accounts.count }
}
