import Content
import Wire

/// Contents that are not for everybody: tickets for who may have them, and questions of who may not.
extension Directory {
    func viewer(_ user: UserName) -> Viewer { Viewer(user, at: surroundings.clock.wall()) }

    /// For the publications of the content that the member may see; holders of what is for everybody want none.
    func ticket(for content: ContentID, _ user: UserName) async throws -> DirectoryOutcome {
        let viewer = viewer(user)
        let granted = try await surroundings.store.grants(of: content, for: viewer, limit: Ticket.publicationLimit)
        guard !granted.isEmpty else { return .refusal(.noSuchPublication) }
        let ticket = Ticket(
            member: user, content: content, publications: granted, expiry: viewer.now + Ticket.lifetime)
        return DirectoryOutcome(answers: [.ticket(try surroundings.certificates.seal(ticket))])
    }

    /// Whoever publishes for somebody learns the same, later.
    func check(_ readers: [UserName]) async throws(DirectoryStoreError) -> DirectoryOutcome {
        let unknown = try await surroundings.store.firstUnknown(of: readers, isOfFile: accounts.isFiled)
        return unknown.map { .refusal(.noSuchReader(Int64($0))) } ?? DirectoryOutcome(answers: [.done])
    }

    func ask(for publication: PublicationID, _ user: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        let asking = try await surroundings.store.ask(
            for: publication, by: viewer(user), limits: settings.limits.asks)
        switch asking {
        case .asked(let owner, let isNew):
            if isNew {
                tellAsk(to: owner)
                noteWritten(.none)
            }
            return DirectoryOutcome(answers: [.done])
        case .noSuchPublication: return .refusal(.noSuchPublication)
        case .notLocked: return DirectoryOutcome(answers: [.done])
        case .refusedBefore: return .refusal(.askRefused)
        case .tooMany(let limit): return .refusal(.quotaReached(limit: limit))
        }
    }

    func asks(_ window: PageWindow, of owner: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        try await entries(window) { id, limit throws(DirectoryStoreError) in
            try await surroundings.store.asks(of: owner, after: id, limit: limit)
        }
    }

    func asked(_ window: PageWindow, by member: UserName) async throws(DirectoryStoreError) -> DirectoryOutcome {
        try await entries(window) { id, limit throws(DirectoryStoreError) in
            try await surroundings.store.asked(by: member, after: id, limit: limit)
        }
    }

    private func entries(
        _ window: PageWindow, read: (Int64, Int) async throws(DirectoryStoreError) -> [AskEntry]
    ) async throws(DirectoryStoreError) -> DirectoryOutcome {
        guard let cursor = Cursor(window.after, { BigEndian.number($0) }) else { return .refusal(.malformed) }
        let reading = PageReading(window: window, wrap: DirectoryAnswer.asks, position: \.id, key: BigEndian.bytes)
        return DirectoryOutcome(
            answers: try await reading.answers(behind: cursor.position) { id, limit throws(DirectoryStoreError) in
                try await read(id ?? 0, limit)
            })
    }

    func answer(ask id: Int64, _ verdict: Verdict, _ owner: UserName)
        async throws(DirectoryStoreError) -> DirectoryOutcome
    {
        let answering = try await surroundings.store.answer(
            ask: id, verdict, by: owner, at: surroundings.clock.wall())
        switch answering {
        case .answered(let member):
            for user in [owner, member] { tellAsk(to: user) }
            noteWritten(.of(owner))
            return DirectoryOutcome(answers: [.done])
        case .noSuchAsk: return .refusal(.noSuchAsk)
        case .tooManyReaders: return .refusal(.quotaReached(limit: Int64(Readers.limit)))
        }
    }
}
