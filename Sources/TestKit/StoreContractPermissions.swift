import Content
import Directory
import Wire

/// Each question to the catalogue alone: whom it shows what is not for everybody.
extension StoreContract {
    static let permissionCases = [
        Case("a search shows what is not for everybody to its readers", run: searchingRestricted),
        Case("listings show what is not for everybody to its readers, with what stands below", run: listingRestricted),
        Case("a lookup shows what is not for everybody to its readers", run: lookingUpRestricted),
        Case("a path leads through what is not for everybody for its readers", run: descendingRestricted),
        Case("sources are told to those who may see a publication by which they have it", run: sourcesRestricted),
        Case("publishers are those for everybody, and nobody in particular sees no more", run: publishersOfOpen),
        Case("what is for everybody at the top is told from the rest", run: anyOpen),
        Case("grants are the restricted publications of a content that one may see", run: granting),
        Case("of what is locked others see the name", run: locked),
        Case("a group's members are readers as long as they are in it and there is one", run: groups),
        Case("readers are members or groups", run: unknownReaders),
        Case("publishing again keeps the readers unless it names others", run: keepingReaders),
        Case("a name that is removed leaves nothing to the next who has it", run: removedNames),
        Case("who is refused a thing asks again in a day; who gets it may see it", run: asking),
        Case("what is granted once is over in a day", run: once),
        Case("questions are bounded", run: boundedQuestions),
        Case("nobody asks for what is being cleared away", run: questionsOfRemoved),
        Case("the name of a group is none of a member", run: nameOfGroup),
    ]

    private static func readers(_ names: [String], isListed: Bool = false) throws -> Visibility {
        .restricted(try Sample.readers(names, isListed: isListed))
    }

    /// Served, of hans.
    private static func publish(
        _ name: String, _ seed: Int? = 0, _ visibility: Visibility, in subject: Subject
    ) async throws -> PublicationID {
        var draft = try seed == nil ? Sample.folder(name) : Sample.draft(name, seed)
        draft.visibility = visibility
        let results = try await subject.store.publish([draft], by: Sample.user("hans"), at: 0, limit: 1_000) { user in
            ["leia", "luke", "vader"].contains(user.text)
        }
        guard case .published(let id)? = results.first else { throw Breach(description: "\(results)") }
        subject.presence.serve([id])
        return id
    }

    private static func names(_ member: String, in subject: Subject) async throws -> [String] {
        try await subject.store.found("", by: member).map(\.name.text)
    }

    @Sendable private static func searchingRestricted(_ subject: Subject) async throws {
        _ = try await publish("open.pdf", 1, .everybody, in: subject)
        _ = try await publish("secret.pdf", 2, readers(["leia"]), in: subject)
        for text in ["", "pdf", ".pdf"] {
            func found(_ member: String) async throws -> [String] {
                try await subject.store.found(text, by: member).map(\.name.text)
            }
            try expect(try await found("leia"), is: ["open.pdf", "secret.pdf"])
            try expect(try await found("luke"), is: ["open.pdf"])
        }
    }

    @Sendable private static func listingRestricted(_ subject: Subject) async throws {
        let top = try await publish("secrets", nil, readers(["leia"]), in: subject)
        let inner = try await publish([Sample.draft("plan.pdf", 3, below: top)], by: "hans", in: subject)
        for text in ["", "pl", "plan"] {
            func found(_ member: String) async throws -> [PublicationID] {
                try await subject.store.found(text, by: member).map(\.id)
            }
            try expect(try await found("leia"), is: text.isEmpty ? inner + [top] : inner)
            try expect(try await found("luke"), is: [])
        }
        for parent in [nil, top] {
            func below(_ member: String) async throws -> [Access] {
                try await subject.store.listings(
                    of: Sample.user("hans"), below: parent, for: Sample.viewer(member), after: nil, limit: 9
                ).map(\.access)
            }
            try expect(try await below("leia"), is: [.granted])
            try expect(try await below("hans"), is: [.granted])
            try expect(try await below("luke"), is: [])
        }
        try expect(try await subject.store.active(inner[0], for: Sample.viewer("leia"))?.access, is: .granted)
        try expect(try await subject.store.active(inner[0], for: Sample.viewer("luke")), is: nil)
    }

    @Sendable private static func lookingUpRestricted(_ subject: Subject) async throws {
        _ = try await publish("a", 1, readers(["leia"]), in: subject)
        func found(_ member: String) async throws -> [Access] {
            try await subject.store.findings(named: Sample.file("a"), for: Sample.viewer(member), after: nil, limit: 9)
                .map(\.access)
        }
        try expect(try await found("leia"), is: [.granted])
        try expect(try await found("luke"), is: [])
        _ = try await publish("a", 1, .everybody, in: subject)
        try expect(try await found("luke"), is: [.everybody])
    }

    @Sendable private static func descendingRestricted(_ subject: Subject) async throws {
        let top = try await publish("secrets", nil, readers(["leia"], isListed: true), in: subject)
        let inner = try await publish([Sample.draft("plan.pdf", 3, below: top)], by: "hans", in: subject)
        func found(_ member: String) async throws -> PublicationID? {
            try await subject.store.descendant(of: top, [Sample.file("plan.pdf")], for: Sample.viewer(member))?
                .publication
        }
        try expect(try await found("leia"), is: inner[0])
        try expect(try await found("luke"), is: nil)
    }

    @Sendable private static func sourcesRestricted(_ subject: Subject) async throws {
        let store = subject.store
        let content = try Sample.content(7)
        let secret = try await publish("secret", 7, readers(["leia", "luke"]), in: subject)
        let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
        let luke = try Sample.user("luke")
        _ = try await store.changeTokens(of: Sample.device(1), labelled: "", noting: Sighting(user: luke, time: 1)) {
            _ in
            tokens
        }
        subject.presence.enter(PresentDevice(luke, try Sample.device(1)), serving: [])
        func hold(_ isRestricted: Bool) async throws {
            let entry = HolderEntry(content: content, origin: secret, isWhole: false, isRestricted: isRestricted)
            _ = try await store.hold(add: [entry], remove: [], user: luke, device: Sample.device(1), limit: 9)
        }
        func found(_ member: String) async throws -> [String] {
            try await store.sources(of: content, for: Sample.viewer(member), after: nil, limit: 9)
                .map { "\($0.user) \($0.demandsTicket)" }
        }
        for isRestricted in [true, false] {
            try await hold(isRestricted)
            try expect(try await found("leia"), is: ["hans true", "luke true"])
            try expect(try await found("vader"), is: [])
        }
        // Somebody who publishes a content that he only knows the root of does not learn who has it.
        let vaders = try await publish([Sample.draft("mine", 7)], by: "vader", in: subject)
        subject.presence.serve(vaders)
        try expect(try await found("vader"), is: [])
        try expect(try await found("leia"), is: ["hans true", "luke true", "vader false"])
        // What was for everybody when it was fetched, and is not any more, is not told of either.
        try await hold(false)
        try expect(try await found("vader"), is: [])
        // What was fetched before stays with those for whom it was.
        try await hold(true)
        _ = try await store.unpublish([Sample.file("secret")], by: Sample.user("hans"))
        try expect(try await found("leia"), is: ["vader false"])
    }

    @Sendable private static func anyOpen(_ subject: Subject) async throws {
        func isAnyOpen(_ names: String..., of owner: String = "hans") async throws -> Bool {
            try await subject.store.isAnyOpen(names.map { try Sample.file($0) }, by: Sample.user(owner))
        }
        try expect(try await isAnyOpen("a"), is: false)
        _ = try await publish("a", 1, .everybody, in: subject)
        _ = try await publish("b", 2, readers(["leia"]), in: subject)
        try expect(try await isAnyOpen("a"), is: true)
        try expect(try await isAnyOpen("b", "a"), is: true)
        try expect(try await isAnyOpen("b", "c"), is: false)
        try expect(try await isAnyOpen("a", of: "vader"), is: false)
    }

    @Sendable private static func publishersOfOpen(_ subject: Subject) async throws {
        let store = subject.store
        let content = try Sample.content(7)
        func publishers() async throws -> [String] {
            try await store.publishers(of: content, limit: 9).map(\.text)
        }
        func found() async throws -> [String] {
            try await store.sources(of: content, for: nil, after: nil, limit: 9).map(\.user.text)
        }
        try expect(try await publishers(), is: [])
        _ = try await publish("secret", 7, readers(["leia"], isListed: true), in: subject)
        try expect(try await publishers(), is: [])
        try expect(try await found(), is: [])
        let vaders = try await publish([Sample.draft("mine", 7)], by: "vader", in: subject)
        // Whether or not it is to be had just now.
        try expect(try await publishers(), is: ["vader"])
        subject.presence.serve(vaders)
        try expect(try await found(), is: ["vader"])
        _ = try await store.unpublish([Sample.file("mine")], by: Sample.user("vader"))
        try expect(try await publishers(), is: [])
    }

    @Sendable private static func granting(_ subject: Subject) async throws {
        let content = try Sample.content(7)
        let first = try await publish("one", 7, readers(["leia"]), in: subject)
        let second = try await publish("two", 7, readers(["leia", "luke"], isListed: true), in: subject)
        _ = try await publish("three", 7, .everybody, in: subject)
        _ = try await publish("four", 8, readers(["leia"]), in: subject)
        func granted(_ member: String, _ limit: Int = 9) async throws -> [PublicationID] {
            try await subject.store.grants(of: content, for: Sample.viewer(member), limit: limit)
        }
        try expect(try await granted("leia"), is: [second, first])
        try expect(try await granted("leia", 1), is: [second])
        try expect(try await granted("luke"), is: [second])
        try expect(try await granted("hans"), is: [second, first])
        try expect(try await granted("vader"), is: [])
    }

    @Sendable private static func locked(_ subject: Subject) async throws {
        let store = subject.store
        let file = try await publish("film.mkv", 4, readers(["leia"], isListed: true), in: subject)
        let top = try await publish("films", nil, readers([], isListed: true), in: subject)
        _ = try await publish([Sample.draft("inner film", 5, below: top)], by: "hans", in: subject)
        try expect(try await names("luke", in: subject), is: ["film.mkv", "films"])
        let luke = try Sample.viewer("luke")
        let listed = try await store.found("film", by: "luke")
        try expect(listed.map(\.id), is: [file, top])
        try expect(listed.map(\.access), is: [.locked, .locked])
        try expect(listed.map(\.kind), is: [.unhashed(nil), .parent])
        let found = try await store.findings(named: Sample.file("film.mkv"), for: luke, after: nil, limit: 9)
        try expect(found.map(\.access), is: [.locked])
        try expect(found.map(\.content), is: [nil])
        try expect(try await store.active(file, for: luke)?.kind, is: .unhashed(nil))
        let leia = try await store.findings(
            named: Sample.file("film.mkv"), for: Sample.viewer("leia"), after: nil, limit: 9)
        try expect(leia.map(\.content), is: [try Sample.content(4)])
        try expect(try await store.sources(of: Sample.content(4), for: luke, after: nil, limit: 9), is: [])
    }

    @Sendable private static func groups(_ subject: Subject) async throws {
        let store = subject.store
        let team = try Sample.user("team")
        _ = try await store.addGroup(team)
        _ = try await publish("a", 1, readers(["team"]), in: subject)
        try expect(try await names("luke", in: subject), is: [])
        _ = try await store.changeGroup(team, add: [Sample.user("luke")], remove: [], limit: 9)
        try expect(try await names("luke", in: subject), is: ["a"])
        try expect(try await names("leia", in: subject), is: [])
        _ = try await store.changeGroup(team, add: [], remove: [Sample.user("luke")], limit: 9)
        try expect(try await names("luke", in: subject), is: [])
        _ = try await store.changeGroup(team, add: [Sample.user("luke")], remove: [], limit: 9)
        _ = try await store.removeGroup(team)
        try expect(try await names("luke", in: subject), is: [])
    }

    @Sendable private static func unknownReaders(_ subject: Subject) async throws {
        var draft = try Sample.draft("a", 1)
        draft.visibility = try readers(["leia", "nobody"])
        let results = try await subject.store.publish(
            [draft, Sample.draft("b", 1)], by: Sample.user("hans"), at: 0, limit: 9
        ) {
            $0.text == "leia"
        }
        try expect(results.first, is: .refused(.noSuchReader(1)))
        let store = subject.store
        let team = try Sample.user("team")
        _ = try await store.addGroup(team)
        func unknown(_ names: [String]) async throws -> Int? {
            try await store.firstUnknown(of: try names.map(Sample.user)) { $0.text == "leia" }
        }
        try expect(try await unknown(["leia", "team", "nobody"]), is: 2)
        // Who was only seen has no account any more.
        try expect(try await unknown(["hans"]), is: 0)
        try expect(try await unknown(["team", "leia"]), is: nil)
        try expect(try await unknown([]), is: nil)
        try expect(try await list("hans", in: subject).map(\.name.text), is: ["b"])
    }

    @Sendable private static func keepingReaders(_ subject: Subject) async throws {
        let visibility = try readers(["leia", "luke"], isListed: true)
        _ = try await publish("a", 1, visibility, in: subject)
        func own() async throws -> [Visibility] { try await list("hans", in: subject).map(\.visibility) }
        try expect(try await own(), is: [visibility])
        _ = try await publish([Sample.draft("a", 2)], by: "hans", in: subject)
        try expect(try await own(), is: [visibility])
        // As a folder that is shared, too.
        _ = try await publish([Sample.folder("a")], by: "hans", in: subject)
        try expect(try await own(), is: [visibility])
        _ = try await publish("a", 1, readers(["vader"]), in: subject)
        try expect(try await own(), is: [try readers(["vader"])])
        _ = try await publish("a", 1, .everybody, in: subject)
        try expect(try await own(), is: [.everybody])
    }

    @Sendable private static func removedNames(_ subject: Subject) async throws {
        let store = subject.store
        let (team, luke) = (try Sample.user("team"), try Sample.user("luke"))
        _ = try await store.addGroup(team)
        _ = try await publish("a", 1, readers(["team"]), in: subject)
        _ = try await publish("b", 1, readers(["luke"]), in: subject)
        try expect(try await names("luke", in: subject), is: ["b"])
        _ = try await store.removeMember(luke, issuedBefore: 1)
        try await store.note([Sighting(user: luke, time: 1)])
        _ = try await store.removeGroup(team)
        _ = try await store.addGroup(team)
        _ = try await store.changeGroup(team, add: [luke], remove: [], limit: 9)
        try expect(try await names("luke", in: subject), is: [])
    }

    @Sendable private static func asking(_ subject: Subject) async throws {
        let store = subject.store
        let (hans, luke) = (try Sample.user("hans"), try Sample.user("luke"))
        let film = try await publish("film", 1, readers([], isListed: true), in: subject)
        let secret = try await publish("secret", 1, readers([]), in: subject)
        let limits = AskLimits()
        func ask(_ id: PublicationID, at now: Int64) async throws -> Asking {
            try await store.ask(for: id, by: Viewer(luke, at: now), limits: limits)
        }
        func asks() async throws -> [AskEntry] { try await store.asks(of: hans, after: 0, limit: 9) }
        try expect(try await ask(secret, at: 1), is: .noSuchPublication)
        try expect(try await ask(film, at: 1), is: .asked(owner: hans, isNew: true))
        try expect(try await ask(film, at: 2), is: .asked(owner: hans, isNew: false))
        let first = try await asks()
        try expect(first.map(\.member), is: [luke])
        try expect(first.map(\.time), is: [1])
        guard let id = first.first?.id else { throw Breach(description: "nobody asks") }
        try expect(try await store.answer(ask: id, .always, by: luke, at: 3), is: .noSuchAsk)
        try expect(try await store.answer(ask: id, .refuse, by: hans, at: 3), is: .answered(luke))
        try expect(try await store.answer(ask: id, .always, by: hans, at: 3), is: .noSuchAsk)
        try expect(try await asks(), is: [])
        try expect(try await store.asked(by: luke, after: 0, limit: 9).map(\.state), is: [.refused])
        try expect(try await ask(film, at: 4), is: .refusedBefore)
        try expect(try await ask(film, at: 4 + AskLimits.patience), is: .asked(owner: hans, isNew: true))
        guard let again = try await asks().first?.id else { throw Breach(description: "it was not asked again") }
        try expect(try await store.answer(ask: again, .always, by: hans, at: 9), is: .answered(luke))
        let found = try await store.findings(named: Sample.file("film"), for: Viewer(luke, at: 9), after: nil, limit: 9)
        try expect(found.map(\.access), is: [.granted])
        try expect(try await list("hans", in: subject).first?.visibility, is: try readers(["luke"], isListed: true))
        try expect(try await ask(film, at: 10), is: .notLocked)
        // Once it is long past, nobody needs to know any more.
        try await store.prune(revocationsBefore: 0, expiredBefore: 10 + AskLimits.memory)
        try expect(try await store.asked(by: luke, after: 0, limit: 9), is: [])
    }

    @Sendable private static func once(_ subject: Subject) async throws {
        let store = subject.store
        let (hans, luke) = (try Sample.user("hans"), try Sample.user("luke"))
        let film = try await publish("film", 1, readers([], isListed: true), in: subject)
        _ = try await store.ask(for: film, by: Viewer(luke, at: 5), limits: AskLimits())
        guard let id = try await store.asks(of: hans, after: 0, limit: 9).first?.id else {
            throw Breach(description: "nobody asks")
        }
        _ = try await store.answer(ask: id, .once, by: hans, at: 5)
        func access(_ now: Int64) async throws -> [Access] {
            try await store.findings(named: Sample.file("film"), for: Viewer(luke, at: now), after: nil, limit: 9)
                .map(\.access)
        }
        try expect(try await access(4 + Verdict.onceLifetime), is: [.granted])
        try expect(try await access(5 + Verdict.onceLifetime), is: [.locked])
        // Whoever was given it for a while is not among those whom the owner named.
        try expect(try await list("hans", in: subject).first?.visibility, is: try readers([], isListed: true))
        _ = try await store.ask(for: film, by: Viewer(luke, at: 6 + Verdict.onceLifetime), limits: AskLimits())
        try expect(try await store.asks(of: hans, after: 0, limit: 9).count, is: 1)
    }

    @Sendable private static func boundedQuestions(_ subject: Subject) async throws {
        let store = subject.store
        var limits = AskLimits()
        limits.byMember = 2
        limits.toOwner = 3
        var films: [PublicationID] = []
        for number in 0..<4 {
            films.append(try await publish("film \(number)", number, readers([], isListed: true), in: subject))
        }
        func ask(_ film: Int, _ member: String) async throws -> Asking {
            try await store.ask(for: films[film], by: Sample.viewer(member), limits: limits)
        }
        let hans = try Sample.user("hans")
        try expect(try await ask(0, "luke"), is: .asked(owner: hans, isNew: true))
        try expect(try await ask(1, "luke"), is: .asked(owner: hans, isNew: true))
        try expect(try await ask(2, "luke"), is: .tooMany(limit: 2))
        try expect(try await ask(2, "leia"), is: .asked(owner: hans, isNew: true))
        try expect(try await ask(3, "leia"), is: .tooMany(limit: 3))
    }

    @Sendable private static func questionsOfRemoved(_ subject: Subject) async throws {
        let store = subject.store
        let hans = try Sample.user("hans")
        let top = try await publish("films", nil, readers([], isListed: true), in: subject)
        for start in stride(from: 0, to: 1_000, by: 20) {
            _ = try await publish(
                (start..<start + 20).map { try Sample.draft("film \($0)", $0, below: top) }, by: "hans", in: subject)
        }
        _ = try await store.ask(for: top, by: Sample.viewer("luke"), limits: AskLimits())
        try expect(try await store.asks(of: hans, after: 0, limit: 9).count, is: 1)
        _ = try await store.unpublish([Sample.file("films")], by: hans)
        try expect(try await store.asks(of: hans, after: 0, limit: 9), is: [])
        try expect(try await store.asked(by: Sample.user("luke"), after: 0, limit: 9), is: [])
        try expect(try await names("luke", in: subject), is: [])
    }

    /// As a line of the credentials file may have it.
    @Sendable private static func nameOfGroup(_ subject: Subject) async throws {
        let store = subject.store
        let team = try Sample.user("team")
        _ = try await store.addGroup(team)
        _ = try await publish("a", 1, readers(["team"]), in: subject)
        try expect(try await names("team", in: subject), is: [])
        // A member of the file who never signed in keeps his name.
        _ = try await store.changeGroup(team, add: [Sample.user("padme")], remove: [], limit: 9)
        try expect(try await names("padme", in: subject), is: ["a"])
        try expect(try await store.memberRecords(after: nil, limit: 9).map(\.user.text).contains("padme"), is: true)
    }
}
