import Content
import Wire

/// What happens without a request: time passes, the credentials file changes.
extension Directory {
    /// Makes silent peers inactive and writes what was put off: to be called a few times a second.
    package func tick() async -> DirectoryOutcome {
        let now = surroundings.clock.monotonic()
        var notices: [DirectoryNotice] = []
        for device in presence.expire(now: now) {
            backlog.see(device.user, at: surroundings.clock.wall() - (now - device.lastHeard))
            notices.append(.left(device.user, .silence))
            news.append(device.session)
        }
        searches.expire(now: now)
        surroundings.tracker?.sweep(now: now)
        keepers.stale(presence.takeChanged())
        notices += await flush()
        return DirectoryOutcome(news: takeNews(), notices: notices)
    }

    /// Writes what was put off: also at the end, after ``farewell()``.
    package func flush() async -> [DirectoryNotice] {
        do {
            let sightings = backlog.sightings
            if !sightings.isEmpty {
                try await surroundings.store.note(sightings)
                backlog.wrote(sightings)
                noteWritten(.none)
            }
            try await revokeExpelled()
            return storeFailures.takeEnd() ? [.storeWorks] : []
        } catch {
            return noticed(error)
        }
    }

    /// Removes a portion of what stood below publications that were removed: others' requests come in between. To be called
    /// until it says that nothing is left, and again a little later.
    package func dropRemains() async -> (isAnyLeft: Bool, notices: [DirectoryNotice]) {
        guard mayHaveRemains else { return (false, []) }
        mayHaveRemains = false
        do {
            let count = try await surroundings.store.dropRemains(limit: settings.limits.removedAtOnce)
            // More may have been removed meanwhile.
            mayHaveRemains = mayHaveRemains || count > 0
            return (mayHaveRemains, [])
        } catch {
            mayHaveRemains = true
            return (false, noticed(error))
        }
    }

    /// The server ends: whoever is here was seen now.
    package func farewell() async -> [DirectoryNotice] {
        for user in presence.active.names { backlog.see(user, at: surroundings.clock.wall()) }
        return await flush()
    }

    /// Removes what nobody needs any more, here and in the store: to be called once an hour.
    package func prune() async -> [DirectoryNotice] {
        let now = surroundings.clock.wall()
        let horizon = now - MemberCertificateTerms.revocationMemory
        revocations.prune(before: horizon)
        do {
            try await surroundings.store.prune(revocationsBefore: horizon, expiredBefore: now)
            noteWritten()
            return []
        } catch {
            return noticed(error)
        }
    }

    /// The store took a change: what failed before may be over, which the next ``flush()`` tells.
    ///
    /// - Parameter change: What of who has which content it touched.
    func noteWritten(_ change: CatalogueChange = .any) {
        storeFailures.worked(now: surroundings.clock.monotonic())
        switch change {
        case .none: break
        case .of(let user, let contents):
            keepers.forget(of: user, contents)
            surroundings.tracker?.change(contents)
        case .any:
            keepers.forgetAll()
            surroundings.tracker?.invalidate()
        }
    }

    func noteRemoved(_ change: CatalogueChange = .any) {
        mayHaveRemains = true
        noteWritten(change)
    }

    /// For the log, where it is news.
    func noticed(_ error: DirectoryStoreError) -> [DirectoryNotice] {
        storeFailures.failed(error, now: surroundings.clock.monotonic()) ? [.storeFailed(error)] : []
    }

    /// Takes a new reading of the credentials file, nil where there is none: who has another password or
    /// vanished is expelled at once.
    package func reload(_ file: CredentialsFile?) async -> (result: CredentialsReload, notices: [DirectoryNotice]) {
        if let fault = CredentialsReload.fault(of: file) { return (.ignored(fault), []) }
        guard let file else { return (.ignored(.missing), []) }
        let changes = await Accounts.changes(from: accounts.fileMarks, to: file.marks)
        accounts.replace(by: file)
        surroundings.tracker?.invalidate()
        // Whose role was an invited account's is a member now.
        for user in changes.added { tellNews(to: user) }
        var ended: [SessionID] = []
        var notices: [DirectoryNotice] = []
        // Who was invited and now is in the file has another password from now on.
        for user in changes.changed + changes.vanished + changes.added.filter(accounts.isInvited) {
            let outcome = expel(user)
            ended += outcome.endedSessions
            notices += outcome.notices
        }
        notices += await flush()
        return (.applied(changes, endedSessions: ended), notices)
    }

    /// Signs a member out everywhere: ends his sessions, and with the next ``flush()`` his tokens and certificates.
    func expel(_ user: UserName) -> DirectoryOutcome {
        var outcome = DirectoryOutcome()
        for device in presence.devices(of: user) {
            outcome.notices += depart(device.session, .expelled).notices
            outcome.endedSessions.append(device.session)
        }
        backlog.expel(user, voidBefore: nextSecond)
        surroundings.tracker?.invalidate()
        return outcome
    }

    /// Revokes those who may still hold a certificate but have no account any more, or another password than when they
    /// got it: the file changed while no server ran, or one ended before it had written down whom to revoke.
    ///
    /// - Returns: Their names.
    func expelMeanwhile(since horizon: Int64) async throws(DirectoryStoreError) -> [UserName] {
        var expelled: [UserName] = []
        for sighting in try await surroundings.store.sightings(since: horizon)
        where (revocations.voidBefore(sighting.user) ?? 0) <= sighting.time
            && accounts.hasChanged(sighting.user, since: sighting.seal)
        {
            // The clock may have been set back since the certificate was issued.
            backlog.expel(sighting.user, voidBefore: max(nextSecond, Self.nextSecond(after: sighting.time)))
            expelled.append(sighting.user)
        }
        try await revokeExpelled()
        return expelled
    }

    func revokeExpelled() async throws(DirectoryStoreError) {
        while let (time, users) = backlog.beginRevoking() {
            do {
                revocations.enter(try await surroundings.store.revoke(users, issuedBefore: time))
                backlog.endRevoking(users, voidBefore: time, isDone: true)
                noteWritten(.none)
            } catch {
                backlog.endRevoking(users, voidBefore: time, isDone: false)
                throw error
            }
        }
    }

    /// Certificates count in whole seconds.
    var nextSecond: Int64 { Self.nextSecond(after: surroundings.clock.wall()) }

    static func nextSecond(after time: Int64) -> Int64 { (time / 1_000 + 1) * 1_000 }
}

/// What a write may have changed of who has which content.
enum CatalogueChange {
    case none
    /// Only what a member has, or these contents.
    case of(UserName, [ContentID] = [])
    case any
}
