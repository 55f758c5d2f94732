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

    @concurrent
    func search(_ substring: [UInt8], _ window: PageWindow, for viewer: Viewer)
        async throws(DirectoryStoreError) -> [DirectoryAnswer]
    {
        guard substring.count <= limits.substringByteCount, let cursor = Cursor(window.after, FileName.init(wire:))
        else { return Self.malformed }
        let reading = PageReading(window: window, wrap: DirectoryAnswer.names, position: \.name, key: \.bytes)
        return try await reading.answers(behind: cursor.position) { position, limit throws(DirectoryStoreError) in
            try await store.names(containing: substring, for: viewer, after: position, limit: limit)
        }
    }

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

    /// By id, which continues a list in whatever order it came about.
    ///
    /// - Parameter isMember: as in ``lookup(_:_:for:isMember:)``.
    @concurrent
    func listings(
        _ query: ListingQuery, _ window: PageWindow, for viewer: Viewer, isMember: @Sendable (UserName) -> Bool
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, { BigEndian.number($0).map(PublicationID.init(rawValue:)) })
        else { return Self.malformed }
        let reading = PageReading(
            window: window, wrap: DirectoryAnswer.listings, position: \.id, key: { BigEndian.bytes($0.rawValue) })
        switch query {
        case .of(let owner, let parent):
            guard isMember(owner) else { return try await reading.answers(behind: nil) { _, _ in [] } }
            return try await reading.answers(behind: cursor.position) { position, limit throws(DirectoryStoreError) in
                try await store.listings(of: owner, below: parent, for: viewer, after: position, limit: limit)
            }
        case .containing(let text):
            guard text.count <= limits.substringByteCount else { return Self.malformed }
            var share = OwnersShare(limit: limits.resultsPerOwner, patience: limits.passedOver)
            return try await reading.answers(
                behind: cursor.position,
                isShown: { isMember($0.owner) && share.admits($0.owner) },
                isEnough: { share.isImpatient },
                read: { position, limit throws(DirectoryStoreError) in
                    try await store.listings(containing: text, for: viewer, after: position, limit: limit)
                })
        }
    }

    /// - Parameter endpoints: Where to dial a member; none where he is not there (any more).
    func holders(
        _ content: ContentID, _ window: PageWindow, for viewer: Viewer, endpoints: (ContentSource) -> [Endpoint]
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard let cursor = Cursor(window.after, UserName.init(wire:)) else { return Self.malformed }
        let reading = PageReading(window: window, wrap: DirectoryAnswer.holders, position: \.user, key: \.bytes)
        return try await reading.answers(
            behind: cursor.position, isShown: { !$0.endpoints.isEmpty },
            read: { position, limit throws(DirectoryStoreError) in
                try await store.sources(of: content, for: viewer, after: position, limit: limit).map {
                    Holder(
                        user: $0.user, endpoints: endpoints($0), isWhole: $0.isWhole, demandsTicket: $0.demandsTicket)
                }
            })
    }

    private static let malformed = [DirectoryAnswer.refusal(.malformed)]
}
