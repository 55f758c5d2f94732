import Content
import Directory
import Wire

extension StoreContract {
    static let publicationCases = [
        Case("publishing a name again replaces the content and keeps the id", run: publishingAgain),
        Case("a name stands for each owner and each parent apart", run: places),
        Case("no parent but one's own", run: parents),
        Case("unpublishing removes from the top, with what stands below, once", run: unpublishing),
        Case("an id is never given twice", run: freshIDs),
        Case("beyond the limit nothing new is published", run: quota),
        Case("one's own publications come in order, in parts, completely", run: listing),
        Case("only one's own ids are one's own", run: owning),
        Case("a device holds what it says, up to the limit", run: holding),
        Case("what is published at the same time is all there", run: storm),
        Case("of many at once each is what it is alone", run: manyAtOnce),
    ]

    static func publish(_ drafts: [PublicationDraft], by owner: String, in subject: Subject, limit: Int64 = 1_000_000)
        async throws -> [PublicationID]
    {
        try await subject.store.publish(drafts, by: Sample.user(owner), limit: limit).map {
            guard case .published(let id) = $0 else { throw Breach(description: "refused: \($0)") }
            return id
        }
    }

    static func list(_ owner: String, in subject: Subject) async throws -> [Publication] {
        try await subject.store.publications(of: Sample.user(owner), after: nil, limit: 1_000_000)
    }

    @Sendable private static func publishingAgain(_ subject: Subject) async throws {
        try expect(try await list("hans", in: subject), is: [])
        let first = try await publish([Sample.draft("b", 1), Sample.draft("a", nil)], by: "hans", in: subject)
        let again = try await publish([Sample.draft("a", 2), Sample.draft("a", 3)], by: "hans", in: subject)
        try expect(again, is: [first[1], first[1]])
        let wanted = [
            Publication(id: first[1], name: try Sample.file("a"), content: try Sample.content(3)),
            Publication(id: first[0], name: try Sample.file("b"), content: try Sample.content(1)),
        ]
        try expect(try await list("hans", in: subject), is: wanted)
        _ = try await publish([Sample.draft("a", nil)], by: "hans", in: subject)
        try expect(try await list("hans", in: subject).map(\.content), is: [nil, try Sample.content(1)])
        let empty = PublicationDraft(name: try Sample.file("empty"), content: .empty)
        _ = try await publish([empty], by: "hans", in: subject)
        try expect(try await list("hans", in: subject).last?.content, is: .empty)
    }

    @Sendable private static func places(_ subject: Subject) async throws {
        let hans = try await publish([Sample.draft("a"), Sample.draft("folder", nil)], by: "hans", in: subject)
        let below = try await publish([Sample.draft("a", below: hans[1])], by: "hans", in: subject)
        let vader = try await publish([Sample.draft("a")], by: "vader", in: subject)
        try expect(Set(hans + below + vader).count, is: 4)
        // What stands below others is in lists that say where.
        try expect(try await list("hans", in: subject).map(\.id), is: hans)
    }

    @Sendable private static func parents(_ subject: Subject) async throws {
        let folder = try await publish([Sample.draft("folder", nil)], by: "hans", in: subject)
        let nowhere = PublicationID(rawValue: folder[0].rawValue + 1_000)
        let results = try await subject.store.publish(
            [Sample.draft("a", below: folder[0]), Sample.draft("b", below: nowhere), Sample.draft("c")],
            by: Sample.user("vader"), limit: 10)
        try expect(Array(results.prefix(2)), is: Array(repeating: .refused(.noSuchPublication), count: 2))
        try expect(try await list("vader", in: subject).map(\.name.text), is: ["c"])
    }

    @Sendable private static func unpublishing(_ subject: Subject) async throws {
        let hans = try Sample.user("hans")
        let top = try await publish([Sample.draft("folder", nil), Sample.draft("a")], by: "hans", in: subject)
        let below = try await publish([Sample.draft("b", nil, below: top[0])], by: "hans", in: subject)
        _ = try await publish([Sample.draft("c", below: below[0])], by: "hans", in: subject)
        _ = try await publish([Sample.draft("folder")], by: "vader", in: subject)
        let names = try ["c", "folder", "a", "nowhere"].map(Sample.file)
        let first = try await subject.store.unpublish(names, by: hans)
        try expect(first, is: [nil, top[0], top[1], nil])
        try expect(try await list("hans", in: subject), is: [])
        try expect(try await list("vader", in: subject).count, is: 1)
        subject.presence.serve(top + below)
        for gone in ["folder", "b", "c"] {
            try expect(try await subject.store.found(gone), is: [])
        }
        _ = try await publish([Sample.draft("new")], by: "hans", in: subject, limit: 1)
        _ = try await subject.store.unpublish([Sample.file("new")], by: hans)
        try expect(try await subject.store.unpublish(names, by: hans), is: [nil, nil, nil, nil])
        try expect(try await subject.store.unpublish(names, by: Sample.user("leia")), is: [nil, nil, nil, nil])
    }

    @Sendable private static func freshIDs(_ subject: Subject) async throws {
        let first = try await publish([Sample.draft("a")], by: "hans", in: subject)
        _ = try await subject.store.unpublish([Sample.file("a")], by: Sample.user("hans"))
        let second = try await publish([Sample.draft("a")], by: "hans", in: subject)
        try expect(second[0] > first[0], "an id was given twice")
    }

    @Sendable private static func quota(_ subject: Subject) async throws {
        let (hans, names) = (try Sample.user("hans"), ["a", "b", "c"])
        let results = try await subject.store.publish(names.map { try Sample.draft($0, 1) }, by: hans, limit: 2)
        try expect(results.last, is: .refused(.quotaReached(limit: 2)))
        _ = try await publish([Sample.draft("a", 2)], by: "hans", in: subject, limit: 2)
        _ = try await publish([Sample.draft("c", 2)], by: "vader", in: subject, limit: 2)
        _ = try await subject.store.unpublish([Sample.file("a")], by: hans)
        _ = try await publish([Sample.draft("c", 2)], by: "hans", in: subject, limit: 2)
        try expect(try await list("hans", in: subject).map(\.name.text), is: ["b", "c"])
    }

    @Sendable private static func listing(_ subject: Subject) async throws {
        let names = ["A", "a", "a ", "a\u{1}", "aa", "ä", "z", "Z", "ﬀ", "🛸", "*", "'", "\"", "%", "a\nb"]
        _ = try await publish(names.map { try Sample.draft($0) }, by: "hans", in: subject)
        let folder = try await publish([Sample.draft("z", nil)], by: "hans", in: subject)
        _ = try await publish(["z", "b"].map { try Sample.draft($0, below: folder[0]) }, by: "hans", in: subject)
        _ = try await publish([Sample.draft("zz")], by: "vader", in: subject)
        let all = try await list("hans", in: subject)
        let wanted = try names.map(Sample.file).sorted()
        try expect(all.map(\.name), is: wanted)
        var parts: [Publication] = []
        while true {
            let part = try await subject.store.publications(
                of: Sample.user("hans"), after: parts.last?.name, limit: 3)
            parts += part
            guard part.count == 3 else { break }
        }
        try expect(parts, is: all)
    }

    @Sendable private static func owning(_ subject: Subject) async throws {
        let own = try await publish([Sample.draft("a"), Sample.draft("b")], by: "hans", in: subject)
        let other = try await publish([Sample.draft("a")], by: "vader", in: subject)
        let asked = [own[1], other[0], PublicationID(rawValue: -1), own[0], PublicationID(rawValue: .max)]
        try expect(try await subject.store.owned(asked, by: Sample.user("hans")), is: [own[1], own[0]])
        try expect(try await subject.store.owned(asked, by: Sample.user("leia")), is: [])
    }

    @Sendable private static func holding(_ subject: Subject) async throws {
        let (hans, device) = (try Sample.user("hans"), try Sample.device(1))
        let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
        _ = try await subject.store.changeTokens(of: device, labelled: "", noting: Sighting(user: hans, time: 1)) { _ in
            tokens
        }
        subject.presence.enter(PresentDevice(hans, device), serving: [])
        func hold(_ seeds: [Int], isWhole: Bool = true, remove: [Int] = []) async throws -> Bool {
            try await subject.store.hold(
                add: seeds.map {
                    HolderEntry(
                        content: try Sample.content($0), origin: PublicationID(rawValue: 1), isWhole: isWhole)
                }, remove: remove.map(Sample.content), user: hans, device: device, limit: 2)
        }
        func sources(_ seed: Int) async throws -> [Bool] {
            try await subject.store.sources(
                of: Sample.content(seed), for: Sample.viewer("leia"), after: nil, limit: 9
            ).map(\.isWhole)
        }
        try expect(try await hold([1, 2], isWhole: false), "an entry was refused")
        try expect(try await hold([1]), "an entry that is there already counted twice")
        try expect(try await !hold([3], remove: [2]), "the limit did not hold")
        try expect(try await sources(1) + sources(2), is: [true, false])
        try expect(try await hold([], remove: [2, 7]), "a removal was refused")
        try expect(try await sources(2), is: [])
    }

    @Sendable private static func storm(_ subject: Subject) async throws {
        let owners = (0..<20).map { "user\($0)" }
        let acknowledged = try await withThrowingTaskGroup(of: (String, [PublicationID]).self) { group in
            for owner in owners {
                for round in 0..<10 {
                    group.addTask {
                        let drafts = try (0..<5).map { try Sample.draft("file \(round) \($0)") }
                        return (owner, try await publish(drafts, by: owner, in: subject))
                    }
                }
            }
            return try await group.reduce(into: [String: Set<PublicationID>]()) {
                $0[$1.0, default: []].formUnion($1.1)
            }
        }
        for owner in owners {
            try expect(Set(try await list(owner, in: subject).map(\.id)), is: acknowledged[owner] ?? [])
            try expect(acknowledged[owner]?.count, is: 50)
        }
    }

    /// New ones and such as are there, files and folders, with and without a content, for some and for all, below others and
    /// below nothing: in one request, and one by one.
    @Sendable private static func manyAtOnce(_ subject: Subject) async throws {
        _ = try await subject.store.addGroup(Sample.user("jedi"))
        func drafts(below folder: PublicationID) throws -> [PublicationDraft] {
            var drafts = try [
                Sample.draft("new", 1), Sample.draft("there", 2), Sample.draft("unhashed", nil),
                Sample.folder("folder"),
                Sample.folder("another"), Sample.draft("inner", 3, below: folder),
                Sample.draft("there", 4, below: folder),
                Sample.draft("nowhere", 5, below: PublicationID(rawValue: .max)),
                Sample.draft("back\\ \"{a,b}\"", 6),
                Sample.draft("for some", 7), Sample.draft("for nobody known", 8), Sample.draft("for all again", 9),
                Sample.draft("kept", 10),
            ]
            drafts[2].size = 77
            drafts[9].visibility = .restricted(try Sample.readers(["jedi"]))
            drafts[10].visibility = .restricted(try Sample.readers(["jedi", "nobody"]))
            drafts[11].visibility = .everybody
            return drafts
        }
        func prepared(_ owner: String) async throws -> PublicationID {
            var before = try ["there", "for all again", "kept"].map { try Sample.draft($0, 20) }
            for place in [1, 2] { before[place].visibility = .restricted(try Sample.readers(["jedi"])) }
            _ = try await publish(before, by: owner, in: subject)
            let folder = try await publish([Sample.folder("folder")], by: owner, in: subject)[0]
            _ = try await publish([Sample.draft("there", 20, below: folder)], by: owner, in: subject)
            return folder
        }
        func refusal(_ result: PublishResult) -> PublishResult? { if case .published = result { nil } else { result } }

        let hans = try Sample.user("hans")
        let many = try await subject.store.publish(drafts(below: prepared("hans")), by: hans, limit: 99)
        var alone: [PublishResult] = []
        for draft in try await drafts(below: prepared("vader")) {
            alone += try await subject.store.publish([draft], by: Sample.user("vader"), limit: 99)
        }
        try expect(many.map(refusal), is: alone.map(refusal))
        try expect(many.compactMap(refusal), is: [.refused(.noSuchPublication), .refused(.noSuchReader(1))])
        let kept = try await [list("hans", in: subject), list("vader", in: subject)].map { all in
            all.map { [$0.name.text, "\($0.visibility)", "\($0.content.map { "\($0)" } ?? "")", "\($0.isParent)"] }
        }
        try expect(kept[0], is: kept[1])
        try expect(kept[0].count, is: 9)
        let ids = many.map { if case .published(let id) = $0 { id.rawValue } else { Int64(0) } }
        try expect(Set(ids).count, is: 12)
        subject.presence.serve(ids.map(PublicationID.init(rawValue:)))
        try expect(try await subject.store.found("inner").count, is: 1)
    }
}
