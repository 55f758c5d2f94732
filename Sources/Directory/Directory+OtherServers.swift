import Wire

/// What other servers of the same store do.
extension Directory {
    /// Learns what they did: to be called once a second.
    package func followOthers() async -> DirectoryOutcome {
        guard let others = surroundings.others else { return DirectoryOutcome() }
        do {
            let news = try await others.news(after: newsPosition, revocationsAfter: revocations.serial)
            newsPosition = news.position
            servers = news.servers
            learnAccounts(news)
            if news.everybody != nil || !news.accounts.isEmpty || !news.revocations.isEmpty {
                surroundings.tracker?.invalidate()
            }
            for user in news.asked { tellAsk(to: user) }
            for want in news.wanted {
                presence.want(want.publication, of: want.owner, now: surroundings.clock.monotonic())
                tellNews(to: want.owner)
            }
            var outcome = DirectoryOutcome(news: takeNews())
            for user in Set(revocations.learn(news.revocations).map(\.user)).sorted() {
                let ended = try await endSignedOut(user)
                outcome.endedSessions += ended.endedSessions
                outcome.notices += ended.notices
            }
            return outcome
        } catch {
            return DirectoryOutcome(notices: noticed(error))
        }
    }

    /// Sessions know their members' roles: they ask anew where one is another.
    private func learnAccounts(_ news: ServerNews) {
        if let everybody = news.everybody {
            let roles = presence.active.names.map { ($0, accounts.role(of: $0)) }
            accounts.replaceInvited(by: everybody)
            for (user, role) in roles where accounts.role(of: user) != role { tellNews(to: user) }
        }
        for (user, account) in news.accounts {
            if let account { accounts.insert(account) } else { accounts.remove(user) }
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

    /// Ends the sessions of those devices of a member whose tokens ended. What is just being done to him here ends what it has to.
    private func endSignedOut(_ user: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard !presence.devices(of: user).isEmpty, !underChange.contains(user) else { return DirectoryOutcome() }
        let signedIn = Set(try await surroundings.store.devices(of: user).map(\.id))
        var outcome = DirectoryOutcome()
        for device in presence.devices(of: user) where !signedIn.contains(device.id) {
            outcome.notices += depart(device.session, .expelled).notices
            outcome.endedSessions.append(device.session)
        }
        return outcome
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

    /// Where to dial members for a content who are at other servers.
    func endpoints(elsewhere sources: [ContentSource]) async throws(DirectoryStoreError) -> [UserName: [Endpoint]] {
        guard let others = surroundings.others, !sources.isEmpty else { return [:] }
        var endpoints: [UserName: [Endpoint]] = [:]
        for device in try await others.devices(having: sources) {
            endpoints[device.user, default: []] += device.endpoints
        }
        return endpoints
    }
}
