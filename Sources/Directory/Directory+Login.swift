import Content
import Wire

/// Who comes in: guess limit, then password or token, then who is there already, then the certificate.
extension Directory {
    func login(_ login: Login, from caller: Caller) async throws(DirectoryStoreError) -> DirectoryOutcome {
        let limits = settings.limits
        guard login.deviceLabel.utf8.count <= limits.deviceLabelByteCount, login.listeningPort > 0,
            login.localAddresses.count <= limits.localAddresses
        else { return refuse(login, caller, .malformed) }
        return switch login.proof {
        case .password(let password): try await self.login(login, password: password, from: caller)
        case .token(let token): try await self.login(login, token: token, from: caller)
        }
    }

    private func login(_ login: Login, password: [UInt8], from caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let clock = surroundings.clock
        let origin = caller.origin
        let attempt: GuessLimits.Attempt
        switch guesses.admit(user: login.user, from: origin, session: caller.session, now: clock.monotonic()) {
        case .slowDown(let delay): return refuse(login, caller, .slowDown(retryAfter: delay))
        case .busy: return refuse(login, caller, .busy(retryAfter: settings.limits.busyRetry))
        case .admitted(let admitted): attempt = admitted
        }
        let accounts = accounts
        let verdict = await surroundings.passwords.check(password, salt: accounts.salt(of: login.user), from: origin) {
            accounts.verify(password, of: login.user, hash: $0)
        }
        switch verdict {
        case .busy:
            guesses.settle(attempt, .unchecked, now: clock.monotonic())
            return refuse(login, caller, .busy(retryAfter: settings.limits.busyRetry))
        case .wrong:
            guesses.settle(attempt, .wrong, now: clock.monotonic())
            return refuse(login, caller, .authenticationFailed)
        case .right(let mark):
            guesses.settle(attempt, .right, now: clock.monotonic())
            guard !self.accounts.isDisabled(login.user) else { return refuse(login, caller, .notAllowed) }
            if let place = presence.hindrance(
                to: login, session: caller.session, elsewhere: try await elsewhere(login.user), now: clock.monotonic())
            {
                return refuse(login, caller, .onlineElsewhere(place: place))
            }
            // A revocation that waits for the store must not be overtaken by the seal of the new password: after a crash
            // nothing would tell that there was another one. One that is under way elsewhere may fail yet.
            if backlog.voidBefore(login.user) != nil { try await revokeExpelled() }
            guard backlog.voidBefore(login.user) == nil else {
                return refuse(login, caller, .busy(retryAfter: settings.limits.busyRetry))
            }
            let next = surroundings.random(TokenPair.tokenByteCount)
            let sighting = sighting(of: login.user, mark)
            let (now, lifetime) = (clock.wall(), settings.tokenLifetime)
            _ = try await surroundings.store.changeTokens(
                of: login.device, labelled: login.deviceLabel, noting: sighting
            ) {
                TokenPair.issued(after: $0, next: next, mark: mark, now: now, lifetime: lifetime)
            }
            noteWritten(.none)
            return admit(
                login, mark: mark, token: next, elsewhere: try await elsewhere(login.user), from: caller)
        }
    }

    /// The member's devices at other servers.
    private func elsewhere(_ user: UserName) async throws(DirectoryStoreError) -> [PresentDevice] {
        try await surroundings.others?.devices(of: user) ?? []
    }

    private func login(_ login: Login, token: [UInt8], from caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        guard let mark = accounts.mark(of: login.user) else { return refuse(login, caller, .tokenInvalid) }
        let next = surroundings.random(TokenPair.tokenByteCount)
        let sighting = sighting(of: login.user, mark)
        let (now, lifetime) = (surroundings.clock.wall(), settings.tokenLifetime)
        let isValid = try await surroundings.store.changeTokens(
            of: login.device, labelled: login.deviceLabel, noting: sighting
        ) {
            $0?.rotated(seen: token, next: next, mark: mark, now: now, lifetime: lifetime)
        }
        guard isValid else { return refuse(login, caller, .tokenInvalid) }
        noteWritten(.none)
        return admit(login, mark: mark, token: next, elsewhere: try await elsewhere(login.user), from: caller)
    }

    /// The last steps, without waiting: what was true before a wait is asked again.
    private func admit(
        _ login: Login, mark: Hash256, token: [UInt8], elsewhere: [PresentDevice], from caller: Caller
    ) -> DirectoryOutcome {
        let now = surroundings.clock.monotonic()
        let isByToken = if case .token = login.proof { true } else { false }
        guard accounts.mark(of: login.user) == mark else {
            return refuse(login, caller, isByToken ? .tokenInvalid : .authenticationFailed)
        }
        if let place = presence.hindrance(to: login, session: caller.session, elsewhere: elsewhere, now: now) {
            return refuse(login, caller, .onlineElsewhere(place: place))
        }
        let certificate: [UInt8]
        do {
            certificate = try issue(login.devicePublicKey, to: login.user, days: 1)
        } catch {
            return certificateRefused(login.user, error)
        }
        let (replaced, other) = presence.signIn(OnlineDevice(login: login, caller: caller, now: now))
        var notices: [DirectoryNotice] = []
        if let other { notices.append(.left(other, .sessionEnded)) }
        for one in replaced where one.isActive { notices.append(.left(login.user, .replaced)) }
        let place = OnlineDevice.place(label: login.deviceLabel, address: caller.address)
        notices.append(.signedIn(login.user, place: place, byToken: isByToken))
        return DirectoryOutcome(
            answers: [.welcome(Welcome(certificate: certificate, token: token, pulse: pulse(for: login.user)))],
            endedSessions: replaced.map(\.session), notices: notices)
    }

    /// A new certificate for a key of the member's. That one was given is noted, so that it can be revoked.
    func renew(
        _ publicKey: [UInt8], _ days: Int, _ user: UserName, _ caller: Caller
    ) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard (1...MemberCertificateTerms.longestDays).contains(days) else { return .refusal(.malformed) }
        try await surroundings.store.note([Sighting(user: user, time: issuingTime(user))])
        noteWritten(.none)
        guard presence.user(of: caller.session) == user else { return .refusal(.notLoggedIn) }
        do {
            return DirectoryOutcome(
                answers: [.certificate(try issue(publicKey, to: user, days: days))],
                notices: days == 1 ? [] : [.certificateIssued(user, days: days)])
        } catch {
            return certificateRefused(user, error)
        }
    }

    private func issue(_ publicKey: [UInt8], to user: UserName, days: Int) throws -> [UInt8] {
        let time = issuingTime(user)
        if surroundings.others != nil { others.issue(user, at: time) }
        return try surroundings.certificates.issue(
            user: user, devicePublicKey: publicKey, now: time,
            lifetime: MemberCertificateTerms.lifetime(days: days))
    }

    /// Certificates count in whole seconds: one issued in the second of a revocation would be void at birth.
    func issuingTime(_ user: UserName) -> Int64 {
        max(surroundings.clock.wall(), revocations.voidBefore(user) ?? 0, backlog.voidBefore(user) ?? 0)
    }

    /// What is noted before a certificate is issued, so that it can be revoked after a restart.
    private func sighting(of user: UserName, _ mark: Hash256) -> Sighting {
        Sighting(user: user, time: issuingTime(user), seal: accounts.key.seal(mark))
    }

    private func refuse(_ login: Login, _ caller: Caller, _ refusal: DirectoryRefusal) -> DirectoryOutcome {
        DirectoryOutcome(
            answers: [.refusal(refusal)],
            notices: [.loginRefused(login.user, address: caller.address, refusal)])
    }

    private func certificateRefused(_ user: UserName, _ error: any Error) -> DirectoryOutcome {
        DirectoryOutcome(
            answers: [.refusal(.malformed)], notices: [.certificateRefused(user, reason: String(describing: error))])
    }
}
