import Wire

/// What members do about their own accounts.
extension Directory {
    func account(_ request: AccountRequest, _ user: UserName, _ caller: Caller) async throws -> DirectoryOutcome {
        switch request {
        case .changePassword(let old, let new): try await changePassword(of: user, from: old, to: new, caller)
        case .devices(let window): try await devices(of: user, window, caller)
        case .signOut(let device): try await signOut(.only(device), of: user)
        case .signOutOthers:
            if let own = ownDevice(user, caller) {
                try await signOut(.allBut(own), of: user)
            } else {
                throw DirectoryRefusal.notLoggedIn
            }
        }
    }

    /// The old password is looked at as at a login: the same limits, the same queue. The session stays, and signs in anew:
    /// its token and certificate end like all others.
    private func changePassword(
        of user: UserName, from old: [UInt8], to new: [UInt8], _ caller: Caller
    ) async throws -> DirectoryOutcome {
        guard !accounts.isFiled(user) else { throw DirectoryRefusal.accountOfFile }
        let origin = caller.origin
        return try await changing(user) { account in
            try await prove(old, account, caller)
            let stored = try await storedPassword(new, from: origin)
            try await put(account) { $0.password = stored }
            backlog.expel(user, voidBefore: nextSecond)
            noteWritten()
            var outcome = DirectoryOutcome(answers: [.done], notices: [.passwordChanged(user)])
            for device in presence.devices(of: user) where device.session != caller.session {
                outcome.notices += depart(device.session, .expelled).notices
                outcome.endedSessions.append(device.session)
            }
            outcome.notices += await flush()
            return outcome
        }
    }

    private func prove(_ password: [UInt8], _ account: InvitedAccount, _ caller: Caller) async throws {
        let clock = surroundings.clock
        let busy = DirectoryRefusal.busy(retryAfter: settings.limits.busyRetry)
        let attempt: GuessLimits.Attempt
        switch guesses.admit(
            user: account.user, from: caller.origin, session: caller.session, now: clock.monotonic())
        {
        case .slowDown(let delay): throw DirectoryRefusal.slowDown(retryAfter: delay)
        case .busy: throw busy
        case .admitted(let admitted): attempt = admitted
        }
        let hash = await surroundings.passwords.hash(
            password, salt: account.password.salt, from: caller.origin)
        guard let hash else {
            guesses.settle(attempt, .unchecked, now: clock.monotonic())
            throw busy
        }
        let isRight = accounts.isRight(hash, of: account)
        guesses.settle(attempt, isRight ? .right : .wrong, now: clock.monotonic())
        guard isRight else { throw DirectoryRefusal.authenticationFailed }
    }

    private func devices(
        of user: UserName, _ window: PageWindow, _ caller: Caller
    ) async throws -> DirectoryOutcome {
        let records = try await surroundings.store.devices(of: user)
        let (now, online, own) = (
            surroundings.clock.wall(), Set(presence.activeDevices(of: user).map(\.id)), ownDevice(user, caller)
        )
        let entries = records.filter { $0.expires > now }.map { record in
            DeviceEntry(
                id: record.id, label: record.label, lastSignIn: record.lastSignIn, expires: record.expires,
                isOnline: online.contains(record.id), isThis: record.id == own)
        }
        let sorted = entries.sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
        return window.pages(of: sorted, DirectoryAnswer.devices, key: \.id.bytes)
    }

    /// All certificates of the member are void from then on: which of them is whose, nobody knows.
    private func signOut(_ devices: SignedOut, of user: UserName) async throws -> DirectoryOutcome {
        let revocation = try await surroundings.store.signOut(devices, of: user, issuedBefore: nextSecond)
        guard let revocation else {
            // Nobody else is signed in: so it should be.
            if case .allBut = devices { return .done }
            throw DirectoryRefusal.noSuchDevice
        }
        noteWritten()
        revocations.enter([revocation])
        var outcome = DirectoryOutcome(answers: [.done], notices: [.signedOutDevices(user)])
        for online in presence.devices(of: user) where devices.contain(online.id) {
            outcome.notices += depart(online.session, .expelled).notices
            outcome.endedSessions.append(online.session)
        }
        return outcome
    }

    private func ownDevice(_ user: UserName, _ caller: Caller) -> DeviceID? {
        presence.device(at: caller.session).flatMap { $0.user == user ? $0.id : nil }
    }
}

extension SignedOut {
    fileprivate func contain(_ device: DeviceID) -> Bool {
        switch self {
        case .only(let one): device == one
        case .allBut(let one): device != one
        }
    }
}
