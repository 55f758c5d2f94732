import Wire

/// What administrators see.
extension Directory {
    func list(_ list: AdministrativeList, _ window: PageWindow) async throws -> DirectoryOutcome {
        let store = surroundings.store
        switch list {
        case .invites:
            let invites = try await openInvites().map(InviteEntry.init)
            return window.pages(of: invites, DirectoryAnswer.invites) { BigEndian.bytes($0.id) }
        case .members:
            guard let cursor = Cursor(window.after, UserName.init(wire:)) else { throw DirectoryRefusal.malformed }
            let reading = PageReading(
                window: window, wrap: DirectoryAnswer.members, position: \.user, key: \.bytes)
            let (accounts, online) = (accounts, Set(presence.active.names))
            let answers = try await reading.answers(behind: cursor.position) {
                name, limit throws(DirectoryStoreError) in
                try await Self.members(accounts, online, store, after: name, limit: limit)
            }
            return DirectoryOutcome(answers: answers)
        case .sessions:
            return sessions(window)
        case .publications(let user): return try await published(window, user)
        case .groups: return window.pages(of: try await store.groups(), DirectoryAnswer.groups, key: \.name.bytes)
        case .groupMembers(let group):
            guard let members = try await store.members(ofGroup: group) else { throw DirectoryRefusal.noSuchGroup }
            return window.pages(of: members, DirectoryAnswer.groupMembers, key: \.bytes)
        }
    }

    /// By member, and those of one in the order in which they signed in.
    private func sessions(_ window: PageWindow) -> DirectoryOutcome {
        let (wall, now) = (surroundings.clock.wall(), surroundings.clock.monotonic())
        var packer = PagePacker(window, DirectoryAnswer.sessions)
        for user in presence.active.names {
            for (number, device) in presence.activeDevices(of: user).enumerated() {
                // No name has a zero byte.
                let key = user.bytes + [0] + BigEndian.bytes(Int64(number))
                guard window.after.lexicographicallyPrecedes(key) else { continue }
                let entry = SessionEntry(
                    user: user, label: device.label, address: AddressText.of(device.address),
                    since: wall - (now - device.signedIn), lastHeard: wall - (now - device.lastHeard))
                guard packer.add(entry, key: key) else {
                    return DirectoryOutcome(answers: packer.answers(isEnd: false))
                }
            }
        }
        return DirectoryOutcome(answers: packer.answers(isEnd: true))
    }

    /// Those who have an account, and those whom the store knows besides: the first ones behind a name.
    @concurrent
    private static func members(
        _ accounts: Accounts, _ online: Set<UserName>, _ store: any DirectoryStore, after name: UserName?, limit: Int
    ) async throws(DirectoryStoreError) -> [MemberEntry] {
        let known = try await store.memberRecords(after: name, limit: limit)
        let records = Dictionary(known.map { ($0.user, $0) }) { first, _ in first }
        return accounts.names(after: name, limit: limit).union(records.keys).sorted().prefix(limit).map { user in
            let record = records[user]
            return MemberEntry(
                user: user, standing: accounts.standing(of: user), role: accounts.role(of: user),
                isOnline: online.contains(user), lastSeen: record.flatMap { $0.lastSeen > 0 ? $0.lastSeen : nil },
                publications: record?.publications ?? 0)
        }
    }
}

extension Accounts {
    fileprivate func standing(of user: UserName) -> MemberEntry.Standing {
        if isFiled(user) { return .filed }
        guard let account = invited(user) else { return .gone }
        return account.isDisabled ? .disabled : .invited
    }
}

extension PageWindow {
    /// The wanted pages of a list that is in the order of its keys.
    func pages<Item>(
        of items: [Item], _ wrap: @escaping (Page<Item>) -> DirectoryAnswer, key: (Item) -> [UInt8]
    ) -> DirectoryOutcome {
        var packer = PagePacker(self, wrap)
        for item in items {
            let key = key(item)
            guard after.lexicographicallyPrecedes(key) else { continue }
            guard packer.add(item, key: key) else { return DirectoryOutcome(answers: packer.answers(isEnd: false)) }
        }
        return DirectoryOutcome(answers: packer.answers(isEnd: true))
    }
}
