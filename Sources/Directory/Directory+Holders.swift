import Content
import Wire

/// From whom a content can be had: what is asked most of all, so that it is answered from memory where it can be.
extension Directory {
    /// The answer to who asks for the first pages, as most do; nil where the store is to be asked.
    func knownHolders(
        _ content: ContentID, _ window: PageWindow, _ user: UserName, _ caller: Caller
    ) -> DirectoryOutcome? {
        keepers.stale(presence.takeChanged())
        guard window == PageWindow(), let tracked = knownTrackedHolders(of: content) else { return nil }
        let vantage = vantage(of: caller)
        if tracked.isEmpty, let ready = keepers.answers(about: content, to: user, at: vantage) {
            return DirectoryOutcome(ready: ready)
        }
        guard let known = keepers.keepers(of: content) else { return nil }
        // Oneself nobody dials.
        let others = tracked.filter { $0.user != user }
        return holders(known, content, window, user, at: vantage, tracked: others)
    }

    /// Holders hear nothing of who asks for them: so only where he is seen counts.
    private func vantage(of caller: Caller) -> Vantage {
        presence.device(at: caller.session).map { presence.vantage(of: $0, believing: false) }
            ?? Vantage(seen: [caller.address])
    }

    func holders(_ content: ContentID, _ window: PageWindow, _ user: UserName, _ caller: Caller)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let vantage = vantage(of: caller)
        let mark = keepers.mark
        let tracked = try await trackedHolders(of: content).filter { $0.user != user }
        // What other servers write to the store makes nothing stale here.
        if surroundings.others == nil, window == PageWindow(),
            let found = try await surroundings.store.keepers(of: content, limit: Keepers.limit)
        {
            keepers.insert(found, of: content, since: mark)
            return holders(found, content, window, user, at: vantage, tracked: tracked)
        }
        let answers = try await catalogue.holders(
            content, window, for: viewer(user), at: vantage, tracked: tracked,
            whereabouts: { presence.whereabouts(of: $0) },
            elsewhere: { sources throws(DirectoryStoreError) in try await whereabouts(elsewhere: sources) })
        return DirectoryOutcome(answers: answers)
    }

    private func holders(
        _ known: [Keeper], _ content: ContentID, _ window: PageWindow, _ user: UserName, at vantage: Vantage,
        tracked: [Holder]
    ) -> DirectoryOutcome {
        var packer = PagePacker(window, DirectoryAnswer.holders)
        var sites: Set<AddressSite> = []
        let others = Dictionary(grouping: known, by: \.user).compactMap { owner, keepers -> Holder? in
            guard owner != user, let source = presence.source(owner, keepers) else { return nil }
            let whereabouts = presence.whereabouts(of: source)
            sites.formUnion(whereabouts.sites)
            let endpoints = whereabouts.places(toldTo: vantage)
            return endpoints.isEmpty ? nil : Holder(user: owner, endpoints: endpoints, isWhole: source.isWhole)
        }
        var passed: [UInt8]?
        let isEnd = packer.add((others + tracked).sorted(by: Holder.precedes), passed: &passed) { $0.user.bytes }
        let answers = packer.answers(isEnd: isEnd)
        if tracked.isEmpty, !known.contains(where: { $0.user == user }) {
            keepers.stale(presence.takeChanged())
            keepers.keep(answers.map(ReadyAnswer.init), about: content, toldTo: vantage, besides: sites)
        }
        return DirectoryOutcome(answers: answers)
    }
}

extension Presence {
    /// By what a member has a content; nil where he is not there.
    fileprivate func source(_ user: UserName, _ keepers: [Keeper]) -> ContentSource? {
        var source = ContentSource(user: user, isWhole: false, tops: [], devices: [])
        let active = activeDevices(of: user)
        guard !active.isEmpty else { return nil }
        for keeper in keepers {
            switch keeper.way {
            case .publication(let top):
                guard active.contains(where: { $0.served.contains(top) }) else { continue }
                source.tops.insert(top)
                source.isWhole = true
            case .device(let device, let isWhole):
                guard active.contains(where: { $0.id == device }) else { continue }
                source.devices.insert(device)
                source.isWhole = source.isWhole || isWhole
            }
        }
        return source
    }
}

extension Holder {
    /// By name, standard clients behind the member's own peer.
    static func precedes(_ left: Holder, _ right: Holder) -> Bool {
        left.user == right.user ? left.infoHash == nil && right.infoHash != nil : left.user < right.user
    }
}

extension PagePacker {
    /// Adds items of a list, of which some that follow each other may have one key: where the window ends amid them, it
    /// is continued in front of them, so that none is passed over.
    ///
    /// - Parameter passed: The key of the last that are all there; nil at the beginning of a window, which always goes on.
    /// - Returns: as ``add(_:key:)``.
    mutating func add(_ items: [Item], passed: inout [UInt8]?, key: (Item) -> [UInt8]) -> Bool {
        var next = items.first.map(key)
        for index in items.indices {
            guard let own = next else { break }
            next = index + 1 < items.count ? key(items[index + 1]) : nil
            guard add(items[index], key: next == own ? passed ?? own : own) else { return false }
            if next != own { passed = own }
        }
        return true
    }
}
