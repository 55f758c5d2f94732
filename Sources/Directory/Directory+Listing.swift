import Content
import Wire

/// What stands below one another: shared folders, and all lists that say where something stands.
extension Directory {
    /// The names alone.
    func search(_ search: Search, _ window: PageWindow, _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        var search = search
        search.query.order = .name
        return try await find(search, caller) { [search] kept throws(DirectoryStoreError) in
            try await catalogue.names(search.query, window, for: viewer(user), kept: kept)
        }
    }

    func listings(_ query: ListingQuery, _ window: PageWindow, _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let accounts = accounts
        switch query {
        case .of(let owner, let parent):
            return DirectoryOutcome(
                answers: try await catalogue.listings(
                    of: owner, below: parent, window, for: viewer(user), isMember: accounts.contains))
        case .matching(let search):
            return try await find(search, caller) { kept throws(DirectoryStoreError) in
                try await catalogue.matches(
                    search.query, window, for: viewer(user), kept: kept, isMember: accounts.contains)
            }
        }
    }

    private func find(
        _ search: Search, _ caller: Caller,
        _ read: (FoundListing?) async throws(DirectoryStoreError) -> Catalogue.Found
    ) async throws(DirectoryStoreError) -> DirectoryOutcome {
        let key = KeptSearches.Key(session: caller.session, number: search.number)
        let found = try await read(
            searches.listing(key, of: search.query, now: surroundings.clock.monotonic()))
        if let kept = found.kept { searches.keep(kept, key, now: surroundings.clock.monotonic()) }
        return DirectoryOutcome(answers: found.answers)
    }

    func descend(
        from parent: PublicationID, _ path: [FileName], _ user: UserName
    ) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard !path.isEmpty else { return .refusal(.malformed) }
        let finding = try await surroundings.store.descendant(of: parent, path, for: viewer(user))
        let items = finding.map { accounts.contains($0.owner) ? [$0] : [] } ?? []
        let key = items.first.map { BigEndian.bytes($0.publication.rawValue) } ?? []
        return DirectoryOutcome(answers: [
            .found(Page(number: 0, after: [], last: key, isFinal: true, items: items))
        ])
    }

    /// Whoever asks for what is not hashed waits for it: its owner hears of it.
    func want(_ id: PublicationID, _ user: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard let wanted = try await surroundings.store.active(id, for: viewer(user)), wanted.kind != .parent,
            wanted.access != .locked, accounts.contains(wanted.owner)
        else { return .refusal(.noSuchPublication) }
        if case .content(let content) = wanted.kind { return DirectoryOutcome(answers: [.wanted(content)]) }
        presence.want(id, of: wanted.owner, now: surroundings.clock.monotonic())
        tellNews(to: wanted.owner)
        try await surroundings.others?.want(id, of: wanted.owner)
        return DirectoryOutcome(answers: [.wanted(nil)])
    }

    func arrange(_ places: [Arrangement], _ user: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard places.count <= settings.limits.itemsPerRequest else { return .refusal(.malformed) }
        let results = try await surroundings.store.arrange(places, by: user)
        if results.contains(true) { noteWritten(.of(user)) }
        return DirectoryOutcome(answers: [.unpublishResults(results)])
    }

    func withdraw(_ ids: [PublicationID], _ user: UserName)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        guard ids.count <= settings.limits.itemsPerRequest else { return .refusal(.malformed) }
        let results = try await surroundings.store.withdraw(ids, by: user)
        let gone = zip(ids, results).compactMap { $1 ? $0 : nil }
        presence.forget(gone, of: user)
        if !gone.isEmpty { noteRemoved(.of(user)) }
        return DirectoryOutcome(answers: [.unpublishResults(results)])
    }
}
