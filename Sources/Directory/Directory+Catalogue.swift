import Content
import Wire

/// Publishing and finding: through the store. What stands below a publication is active with the one at the top.
extension Directory {
    func published(_ window: PageWindow, _ user: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        DirectoryOutcome(answers: try await catalogue.published(window, by: user))
    }

    /// What has a content is served from here at once: the peer just hashed it.
    func publish(_ drafts: [PublicationDraft], _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        guard drafts.count <= settings.limits.itemsPerRequest else { return .refusal(.malformed) }
        let accounts = accounts
        let restricted = drafts.filter { $0.parent == nil && $0.visibility.map { $0 != .everybody } ?? false }
        let isRestricting =
            restricted.isEmpty ? false : try await surroundings.store.isAnyOpen(restricted.map(\.name), by: user)
        let results = try await surroundings.store.publish(
            drafts, by: user, at: surroundings.clock.wall(), limit: settings.limits.publicationsPerMember,
            isOfFile: accounts.isFiled)
        var served: [PublicationID] = []
        var names: [FileName] = []
        var hashed: [PublicationID] = []
        for case (let draft, .published(let id)) in zip(drafts, results) {
            if draft.content != nil { hashed.append(id) }
            // What stands below another one is active with that one, and very many may come at once.
            guard draft.parent == nil else { continue }
            names.append(draft.name)
            if draft.content != nil { served.append(id) }
        }
        presence.settle(hashed, of: user)
        _ = presence.serve(add: served, remove: [], session: caller.session)
        // The member's other devices are to know for whom it is from now on.
        if drafts.contains(where: { $0.visibility != nil }) { tellAsk(to: user) }
        // Something of another kind may have given way, also to what was refused then.
        // What others hold by a publication is not for everybody any more when that is not: where it was so before.
        noteRemoved(isRestricting ? .any : .of(user, drafts.compactMap(\.content)))
        return DirectoryOutcome(
            answers: [.publishResults(results)], notices: names.isEmpty ? [] : [.published(user, names)])
    }

    func unpublish(_ names: [FileName], _ user: UserName)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        guard names.count <= settings.limits.itemsPerRequest else { return .refusal(.malformed) }
        let removed = try await surroundings.store.unpublish(names, by: user)
        presence.forget(removed.compactMap(\.self), of: user)
        let gone = zip(names, removed).compactMap { $1 == nil ? nil : $0 }
        if !gone.isEmpty { noteRemoved(.of(user)) }
        return DirectoryOutcome(
            answers: [.unpublishResults(removed.map { $0 != nil })],
            notices: gone.isEmpty ? [] : [.unpublished(user, gone)])
    }

    func serve(_ add: [PublicationID], _ remove: [PublicationID], _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        guard add.count + remove.count <= settings.limits.itemsPerRequest else { return .refusal(.malformed) }
        let own = add.isEmpty ? [] : try await surroundings.store.owned(add, by: user)
        guard presence.serve(add: own, remove: remove, session: caller.session) else {
            return .refusal(.notLoggedIn)
        }
        return DirectoryOutcome(answers: [.done])
    }

    func hold(_ add: [HolderEntry], _ remove: [ContentID], _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let limits = settings.limits
        guard add.count + remove.count <= limits.itemsPerRequest else { return .refusal(.malformed) }
        guard let device = presence.device(at: caller.session)?.id else { return .refusal(.notLoggedIn) }
        let isTaken = try await surroundings.store.hold(
            add: add, remove: remove, user: user, device: device, limit: limits.holdingsPerDevice)
        guard isTaken else { return .refusal(.quotaReached(limit: limits.holdingsPerDevice)) }
        noteWritten(.of(user, add.map(\.content)))
        return DirectoryOutcome(answers: [.done])
    }

    func lookup(_ name: FileName, _ window: PageWindow, _ user: UserName)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let accounts = accounts
        return DirectoryOutcome(
            answers: try await catalogue.lookup(name, window, for: viewer(user), isMember: accounts.admits))
    }
}
