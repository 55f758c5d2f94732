import Content
import Wire

/// Who shares what: questions to the store, in pages. It knows nothing of sessions.
struct Catalogue: Sendable {
    let store: any DirectoryStore
    let limits: Limits

    @concurrent
    func published(_ window: PageWindow, by user: UserName) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, FileName.init(wire:)) else { return Self.malformed }
        let reading = PageReading(window: window, wrap: DirectoryAnswer.published, position: \.name, key: \.bytes)
        return try await reading.answers(behind: cursor.position) { position, limit throws(DirectoryStoreError) in
            try await store.publications(of: user, after: position, limit: limit)
        }
    }

    /// The pages, and what is to be kept for further ones.
    typealias Found = (answers: [DirectoryAnswer], kept: FoundListing?)

    /// Distinct names of what a search finds.
    ///
    /// - Parameters:
    ///   - query: In the order of names.
    ///   - kept: What it found before.
    @concurrent
    func names(_ query: SearchQuery, _ window: PageWindow, for viewer: Viewer, kept: FoundListing?)
        async throws(DirectoryStoreError) -> Found
    {
        guard query.isPossible, let position = Self.position(window) else { return (Self.malformed, nil) }
        var reading = FoundReading(store: store, viewer: viewer, query: query, kept: kept)
        var packer = PagePacker(window, DirectoryAnswer.names)
        // Those of one name come one after the other.
        var last: (name: FoundName, position: Int, count: Int)?
        let isAtEnd = try await reading.read(from: position) { found, position in
            if last?.name.name == found.name {
                last?.position = position
                last?.count += 1
                if found.isFolder { last?.name.isFolder = true }
                // Of very many the rest is for another window, which gives the name once more.
                return last?.count != limits.passedOver
            }
            if let last, !packer.add(last.name, key: BigEndian.bytes(Int64(last.position))) { return false }
            last = (FoundName(found.name, isFolder: found.isFolder), position, 1)
            return true
        }
        guard var isAtEnd else { return (Self.forgotten, nil) }
        if isAtEnd || last?.count == limits.passedOver, let last {
            let isTaken = packer.add(last.name, key: BigEndian.bytes(Int64(last.position)))
            isAtEnd = isAtEnd && isTaken
        }
        return (packer.answers(isEnd: isAtEnd, isSortedInParts: reading.listing.isSortedInParts), reading.listing)
    }

    /// - Parameters:
    ///   - kept: as for ``names(_:_:for:kept:)``.
    ///   - isMember: as in ``lookup(_:_:for:isMember:)``.
    @concurrent
    func matches(
        _ query: SearchQuery, _ window: PageWindow, for viewer: Viewer, kept: FoundListing?,
        isMember: @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> Found {
        guard query.isPossible, let position = Self.position(window) else { return (Self.malformed, nil) }
        var reading = FoundReading(store: store, viewer: viewer, query: query, kept: kept)
        var packer = PagePacker(window, DirectoryAnswer.listings)
        var share = OwnersShare(
            limit: query.owner == nil ? limits.resultsPerOwner : .max, patience: limits.passedOver)
        let isAtEnd = try await reading.read(from: position) { found, position in
            guard isMember(found.owner), share.admits(found.owner) else { return !share.isImpatient }
            return packer.add(found, key: BigEndian.bytes(Int64(position)))
        }
        guard let isAtEnd else { return (Self.forgotten, nil) }
        return (packer.answers(isEnd: isAtEnd, isSortedInParts: reading.listing.isSortedInParts), reading.listing)
    }

    /// So many come before the window; nil for a key that no list of ours gives.
    private static func position(_ window: PageWindow) -> Int? {
        Cursor(window.after) { BigEndian.number($0).flatMap { $0 > 0 ? Int($0) : nil } }.map { $0.position ?? 0 }
    }

    private static let forgotten = [DirectoryAnswer.refusal(.searchForgotten)]

    /// - Parameter isMember: Publications of those who have no account any more are not shown.
    @concurrent
    func lookup(
        _ name: FileName, _ window: PageWindow, for viewer: Viewer, isMember: @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, { BigEndian.number($0).map(PublicationID.init(rawValue:)) })
        else { return Self.malformed }
        let reading = PageReading(
            window: window, wrap: DirectoryAnswer.found, position: \.publication,
            key: { BigEndian.bytes($0.rawValue) })
        return try await reading.answers(
            behind: cursor.position, isShown: { isMember($0.owner) },
            read: { position, limit throws(DirectoryStoreError) in
                try await store.findings(named: name, for: viewer, after: position, limit: limit)
            })
    }

    /// What a member has at the top, or below a parent, by id.
    ///
    /// - Parameter isMember: as in ``lookup(_:_:for:isMember:)``.
    @concurrent
    func listings(
        of owner: UserName, below parent: PublicationID?, _ window: PageWindow, for viewer: Viewer,
        isMember: @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, { BigEndian.number($0).map(PublicationID.init(rawValue:)) })
        else { return Self.malformed }
        let reading = PageReading(
            window: window, wrap: DirectoryAnswer.listings, position: \.id, key: { BigEndian.bytes($0.rawValue) })
        guard isMember(owner) else { return try await reading.answers(behind: nil) { _, _ in [] } }
        return try await reading.answers(behind: cursor.position) { position, limit throws(DirectoryStoreError) in
            try await store.listings(of: owner, below: parent, for: viewer, after: position, limit: limit)
        }
    }

    /// - Parameters:
    ///   - tracked: Those who are there besides, with other programs.
    ///   - vantage: From where it is asked.
    ///   - whereabouts: Where a member's devices are; none where he is not there (any more).
    ///   - elsewhere: The same of those at other servers.
    func holders(
        _ content: ContentID, _ window: PageWindow, for viewer: Viewer, at vantage: Vantage, tracked: [Holder],
        whereabouts: (ContentSource) -> [Whereabouts],
        elsewhere: ([ContentSource]) async throws(DirectoryStoreError) -> [UserName: [Whereabouts]]
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, UserName.init(wire:)) else { return Self.malformed }
        let reading = PageReading(window: window, wrap: DirectoryAnswer.holders, position: \.user, key: \.bytes)
        return try await reading.answers(
            behind: cursor.position, isShown: { !$0.endpoints.isEmpty },
            read: { position, limit throws(DirectoryStoreError) in
                let sources = try await store.sources(of: content, for: viewer, after: position, limit: limit)
                let there = try await elsewhere(sources)
                let holders = sources.map {
                    Holder(
                        user: $0.user,
                        endpoints: (whereabouts($0) + there[$0.user, default: []]).places(toldTo: vantage),
                        isWhole: $0.isWhole, demandsTicket: $0.demandsTicket)
                }
                // What comes behind the last of a full part is another part's; what is a member's is all of one part.
                let last = holders.count < limit ? nil : holders.last?.user
                let others = tracked.filter { holder in
                    (position.map { $0 < holder.user } ?? true) && (last.map { holder.user <= $0 } ?? true)
                }
                return others.isEmpty ? holders : (holders + others).sorted(by: Holder.precedes)
            })
    }

    private static let malformed = [DirectoryAnswer.refusal(.malformed)]
}

extension ListedPublication {
    /// One that is shared, or a publication as a whole.
    fileprivate var isFolder: Bool {
        switch kind {
        case .parent: true
        case .content(let content): content.kind == .folder
        case .unhashed: false
        }
    }
}
