import Wire

/// What other servers of the same store do.
extension Directory {
    /// Learns what they did: to be called once a second.
    package func followOthers() async -> DirectoryOutcome {
        guard let servers = surroundings.others else { return DirectoryOutcome() }
        // What was done is told, also where the rest has to wait for the store.
        var outcome = DirectoryOutcome()
        do {
            let news = try await servers.news(after: others.position, revocationsAfter: revocations.serial)
            others.position = news.position
            others.servers = news.servers
            others.forget(before: surroundings.clock.wall())
            learnAccounts(news)
            for revocation in revocations.learn(news.revocations) where !isOwn(revocation) {
                others.signOut(revocation.user, voidBefore: revocation.issuedBefore)
            }
            if news.everybody != nil || !news.accounts.isEmpty || !news.revocations.isEmpty
                || news.isAnythingRestricted
            {
                surroundings.tracker?.invalidate()
            }
            for user in news.asked { tellAsk(to: user) }
            for want in news.wanted {
                presence.want(want.publication, of: want.owner, now: surroundings.clock.monotonic())
                tellNews(to: want.owner)
            }
            outcome.news = takeNews()
            // What is just being done to a member here comes first.
            for user in others.expelled.sorted() where !underChange.contains(user) {
                end(presence.devices(of: user), &outcome)
                others.ended(user)
            }
            for (user, time) in others.signedOut.sorted(by: { $0.key < $1.key }) where !underChange.contains(user) {
                try await endSignedOut(user, voidBefore: time, &outcome)
                others.settle(user, voidBefore: time)
            }
        } catch {
            outcome.notices += noticed(error)
        }
        return outcome
    }

    /// Whether this server is just entering it.
    private func isOwn(_ revocation: Revocation) -> Bool {
        accounts.admits(revocation.user) && backlog.voidBefore(revocation.user) == revocation.issuedBefore
    }

    /// Sessions know their members' roles: they ask anew where one is another. Where a member was let in by what his account is
    /// not any more, his sessions end.
    private func learnAccounts(_ news: ServerNews) {
        if let everybody = news.everybody {
            let roles = presence.active.names.map { ($0, accounts.role(of: $0)) }
            for user in accounts.replaceInvited(by: everybody) { others.expel(user) }
            for (user, role) in roles where accounts.role(of: user) != role { tellNews(to: user) }
        }
        for (user, account) in news.accounts {
            if accounts.learn(user, account) { others.expel(user) }
            tellNews(to: user)
        }
    }

    /// Keeps this server among those that are there.
    package func renewLease() async -> [DirectoryNotice] {
        do {
            try await surroundings.others?.renewLease()
            return []
        } catch {
            return noticed(error)
        }
    }

    /// Ends the sessions of those devices of a member whose tokens ended; all of them where he is not let in any more.
    ///
    /// When a device signed in says nothing: signing out one of them makes the certificates of all void, and the others stay.
    ///
    /// - Parameter time: Of the revocation. A certificate says when it was issued by the clock of the server that did so, and is
    ///   compared with this by whoever sees it: what this server issued later, as it had not heard of it, needs a revocation more.
    private func endSignedOut(
        _ user: UserName, voidBefore time: Int64, _ outcome: inout DirectoryOutcome
    ) async throws(DirectoryStoreError) {
        let before = outcome.endedSessions.count
        if !accounts.admits(user) {
            end(presence.devices(of: user), &outcome)
        } else if !presence.devices(of: user).isEmpty {
            let signedIn = Set(try await surroundings.store.devices(of: user).map(\.id))
            end(presence.devices(of: user).filter { !signedIn.contains($0.id) }, &outcome)
        }
        let hasEnded = outcome.endedSessions.count > before
        if let issued = others.takeUnrevoked(user, voidBefore: time, hasEnded: hasEnded) {
            // The next tick writes it.
            backlog.expel(user, voidBefore: max(nextSecond, Self.nextSecond(after: issued)))
        }
    }

    private func end(_ devices: [OnlineDevice], _ outcome: inout DirectoryOutcome) {
        for device in devices {
            outcome.notices += depart(device.session, .expelled).notices
            outcome.endedSessions.append(device.session)
        }
    }

    /// Those here and there.
    func peers(
        _ window: PageWindow, besides user: UserName, _ others: any OtherServers
    ) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard let cursor = Cursor(window.after, UserName.init(wire:)) else { return .refusal(.malformed) }
        let there = try await others.members(after: cursor.position, limit: Self.membersAtOnce)
        // What comes behind the last of them is another window's.
        let bound = there.count < Self.membersAtOnce ? nil : there.last
        let all = Set(there).union(presence.active.behind(window.after)).sorted()
        var packer = PagePacker(window, DirectoryAnswer.peers)
        for name in all where name != user {
            if let bound, name > bound { return DirectoryOutcome(answers: packer.answers(isEnd: false)) }
            guard packer.add(name, key: name.bytes) else {
                return DirectoryOutcome(answers: packer.answers(isEnd: false))
            }
        }
        return DirectoryOutcome(answers: packer.answers(isEnd: bound == nil))
    }

    /// More than a window holds, where names are as long as they are as a rule.
    private static var membersAtOnce: Int { 8_192 }

    /// Where members with a content are who are at other servers.
    func whereabouts(elsewhere sources: [ContentSource]) async throws(DirectoryStoreError) -> [UserName: [Whereabouts]]
    {
        guard let others = surroundings.others, !sources.isEmpty else { return [:] }
        var whereabouts: [UserName: [Whereabouts]] = [:]
        for device in try await others.devices(having: sources) {
            whereabouts[device.user, default: []].append(device.whereabouts)
        }
        return whereabouts
    }
}
