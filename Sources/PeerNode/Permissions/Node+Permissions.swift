import DirectoryClient
package import NodeControl
import Wire

extension Node {
    package func show(name: String, to audience: Audience) async throws(NodeFailure) {
        let session = try member()
        let name = try Self.ownName(name)
        let visibility = try Visibility(audience)
        if await session.shares.isShared(name) { return try await session.shares.show(name, to: visibility) }
        try await session.sharing.show(name, to: visibility)
    }

    package func check(_ audience: Audience) async throws(NodeFailure) {
        let session = try member()
        let visibility = try Visibility(audience)
        guard case .restricted(let readers) = visibility else { return }
        do {
            try await session.parts.client.check(readers: readers.names)
        } catch .refused(.unknownRequest) {
            // An older server says it when it is published.
        } catch {
            if case .refused(let refusal) = error, let name = visibility.unknownReader(refusal) {
                throw .noSuchReader(name)
            }
            guard !session.isExpelled else { throw .expelled }
            throw NodeFailure(error, user: session.user)
        }
    }

    /// Of what this member publishes. A folder's may be given with a slash behind it, as lists show it.
    static func ownName(_ text: String) throws(NodeFailure) -> FileName {
        do {
            return try FileName(text.hasSuffix("/") ? String(text.dropLast()) : text)
        } catch {
            throw .notPublished(name: text)
        }
    }

    package func ask(for name: String) async throws(NodeFailure) {
        let session = try member()
        let locked: Finding
        do throws(NodeFailure) {
            _ = try await session.downloads.resolve(NameQuery.splitPath(name).name)
            return
        } catch {
            guard case .locked(_, let owner) = error, let found = try await session.locked(name, of: owner) else {
                if case .sharedFolder = error { return }
                throw error
            }
            locked = found
        }
        do {
            try await session.parts.client.ask(for: locked.publication)
        } catch {
            if case .refused(.askRefused) = error { throw .askRefused(name: name) }
            throw NodeFailure(error, user: session.user)
        }
    }

    package func asks() async throws(NodeFailure) -> Asks {
        let blocked = try member().blocked
        return try await asked { client throws(DirectoryClientFailure) in
            Asks(
                ofOthers: blocked.allowed(try await client.asks()).map(AskStatus.init),
                own: try await client.asked().map(AskStatus.init)
            )
        }
    }

    package func answer(ask: Int64, _ verdict: AskVerdict) async throws(NodeFailure) {
        let session = try member()
        do {
            try await session.parts.client.answer(ask: ask, Verdict(verdict))
        } catch {
            if case .refused(.noSuchAsk) = error { throw .noSuchAsk(ask) }
            throw NodeFailure(error, user: session.user)
        }
        // Whom it is for changed, which the own list says.
        await session.sharing.reconcile()
    }
}

extension MemberSession {
    /// What is locked under a name.
    fileprivate func locked(_ text: String, of owner: String) async throws(NodeFailure) -> Finding? {
        do {
            for reading in NameQuery.readings(of: NameQuery.splitPath(text).name) {
                let findings = reading.select(try await parts.client.lookup(reading.name))
                if let found = findings.first(where: { $0.access == .locked && $0.owner.text == owner }) {
                    return found
                }
            }
            return nil
        } catch {
            throw NodeFailure(error, user: user)
        }
    }
}

extension Verdict {
    fileprivate init(_ verdict: AskVerdict) {
        self =
            switch verdict {
            case .once: .once
            case .always: .always
            case .refuse: .refuse
            }
    }
}

extension AskStatus {
    init(_ entry: AskEntry) {
        let state: State =
            switch entry.state {
            case .open: .open
            case .granted: .granted
            case .refused: .refused
            }
        self.init(
            id: entry.id, name: entry.name.text, member: entry.member.text, time: entry.time, state: state)
    }
}

extension Visibility {
    /// Nil from nil.
    static func of(_ audience: Audience?) throws(NodeFailure) -> Visibility? {
        guard let audience else { return nil }
        return try Visibility(audience)
    }

    /// Throws where a name is none that anybody has, or there are too many.
    init(_ audience: Audience) throws(NodeFailure) {
        guard !audience.isEverybody else {
            self = .everybody
            return
        }
        var names: [UserName] = []
        for text in audience.readers {
            guard let name = UserName(text) else { throw .noSuchReader(text) }
            names.append(name)
        }
        guard let readers = Readers(names, isListed: audience.isListed) else {
            throw .limitReached(limit: Int64(Readers.limit))
        }
        self = .restricted(readers)
    }

    /// What a refusal of a publication for these says, where it is one of a name.
    func unknownReader(_ refusal: DirectoryRefusal) -> String? {
        guard case .noSuchReader(let index) = refusal, case .restricted(let readers) = self,
            let index = Int(exactly: index), readers.names.indices.contains(index)
        else { return nil }
        return readers.names[index].text
    }
}

extension Audience {
    init(_ visibility: Visibility) {
        switch visibility {
        case .everybody: self = .everybody
        case .restricted(let readers): self = .only(readers.names.map(\.text), isListed: readers.isListed)
        }
    }
}
