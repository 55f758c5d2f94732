import Content
import Directory
import Wire

extension StoreContract {
    static let findingCases = [
        Case("all words of a search stand in a name, in any order", run: words),
        Case("a search is narrowed by size, time, ending and owner", run: filters),
        Case("what a search finds is sorted, and what is equal there by name", run: orders),
        Case("the number of holders is that of active members whose content is for everybody", run: holders),
        Case("what is published again is as old as its content", run: times),
        Case("what is locked tells neither size nor time, and is in no range of them", run: locked),
        Case("what a group may see is found by who is in it now", run: groupReaders),
        Case("a search that finds very much goes on, each once", run: goingOn),
        Case("what a search found is told as it is now, or not at all", run: changed),
    ]

    private static func query(_ words: String..., ignoresCase: Bool = true) -> SearchQuery {
        SearchQuery(words: words.map { Array($0.utf8) }, ignoresCase: ignoresCase)
    }

    private static func names(_ query: SearchQuery, by member: String = "leia", in subject: Subject)
        async throws -> [String]
    {
        try await subject.store.found(query, by: member).map(\.name.text)
    }

    private static func offer(
        _ drafts: [PublicationDraft], by owner: String, at time: Int64 = 0, in subject: Subject
    ) async throws {
        let results = try await subject.store.publish(drafts, by: Sample.user(owner), at: time, limit: 1_000_000)
        let tops = zip(drafts, results).compactMap { draft, result in
            if case .published(let id) = result, draft.parent == nil { id } else { nil }
        }
        subject.presence.serve(tops)
    }

    @Sendable private static func words(_ subject: Subject) async throws {
        let texts = ["Die Maus und der Elefant.pdf", "elefant.PDF", "Maus.txt", "ÄRGER mit der Maus", "aaaa"]
        try await offer(texts.map { try Sample.draft($0) }, by: "hans", in: subject)
        try expect(try await names(query("elefant", "maus"), in: subject), is: [texts[0]])
        try expect(try await names(query("pdf", "efa"), in: subject), is: [texts[0], texts[1]])
        try expect(try await names(query("ärger", "us"), in: subject), is: [texts[3]])
        try expect(try await names(query("Maus", ignoresCase: false), in: subject), is: [texts[0], texts[2], texts[3]])
        try expect(try await names(query("maus", ignoresCase: false), in: subject), is: [])
        try expect(try await names(query("ärger", ignoresCase: false), in: subject), is: [])
        try expect(try await names(query("aa", "aaa", "a"), in: subject), is: ["aaaa"])
        try expect(try await names(query("aaaaa"), in: subject), is: [])
        try expect(try await names(query(), in: subject).count, is: 5)
        try expect(try await names(query("maus", ""), in: subject).count, is: 3)
    }

    @Sendable private static func filters(_ subject: Subject) async throws {
        try await offer([Sample.draft("a.MKV", 10), Sample.draft("b.mp3", 20)], by: "hans", at: 1_000, in: subject)
        let unhashed = PublicationDraft(name: try Sample.file("c.mkv"), content: nil, size: 15)
        let unknown = PublicationDraft(name: try Sample.file("d.mkv"), content: nil)
        try await offer([unhashed, unknown, Sample.folder("mkv")], by: "vader", at: 2_000, in: subject)
        var query = query()
        query.extensions = ["mkv"]
        try expect(try await names(query, in: subject), is: ["a.MKV", "c.mkv", "d.mkv"])
        query.extensions = ["MP3", "avi"]
        try expect(try await names(query, in: subject), is: ["b.mp3"])
        query.extensions = []
        query.sizes = 11...15
        try expect(try await names(query, in: subject), is: ["a.MKV", "c.mkv"])
        query.sizes = 0...Int64.max
        try expect(try await names(query, in: subject), is: ["a.MKV", "b.mp3", "c.mkv"])
        query.sizes = nil
        query.times = 1_001...5_000
        try expect(try await names(query, in: subject), is: ["c.mkv", "d.mkv", "mkv"])
        query.times = nil
        query.owner = try Sample.user("hans")
        try expect(try await names(query, in: subject), is: ["a.MKV", "b.mp3"])
        try expect(try await names(query, by: "hans", in: subject), is: [])
        query.owner = try Sample.user("nobody")
        try expect(try await names(query, in: subject), is: [])
    }

    @Sendable private static func orders(_ subject: Subject) async throws {
        try await offer([Sample.draft("b", 30), Sample.draft("a", 10)], by: "hans", at: 5_000, in: subject)
        let unknown = PublicationDraft(name: try Sample.file("0"), content: nil)
        try await offer([Sample.draft("c", 20), Sample.draft("d", 10), unknown], by: "vader", at: 7_000, in: subject)
        let wanted: [(SearchQuery.Order, Bool, [String])] = [
            (.name, false, ["0", "a", "b", "c", "d"]), (.name, true, ["d", "c", "b", "a", "0"]),
            (.size, false, ["a", "d", "c", "b", "0"]), (.size, true, ["b", "c", "a", "d", "0"]),
            (.age, false, ["0", "c", "d", "a", "b"]), (.age, true, ["a", "b", "0", "c", "d"]),
            (.holders, false, ["a", "d", "0", "b", "c"]), (.holders, true, ["0", "b", "c", "a", "d"]),
        ]
        for (order, isReversed, names) in wanted {
            var query = query()
            query.order = order
            query.isReversed = isReversed
            try expect(try await self.names(query, in: subject), is: names)
        }
    }

    @Sendable private static func holders(_ subject: Subject) async throws {
        let store = subject.store
        try await offer([Sample.draft("one", 1), Sample.draft("two", 2)], by: "hans", in: subject)
        try await offer([Sample.draft("other", 1)], by: "vader", in: subject)
        let secret = PublicationDraft(
            name: try Sample.file("secret"), visibility: .restricted(try Sample.readers(["leia"])),
            content: try Sample.content(2))
        let luke = try Sample.user("luke")
        _ = try await store.publish([Sample.draft("x")], by: Sample.user("leia"), limit: 9)
        _ = try await store.publish([secret], by: luke, at: 0, limit: 9) { _ in true }
        let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
        _ = try await store.changeTokens(of: Sample.device(1), labelled: "", noting: Sighting(user: luke, time: 1)) {
            _ in tokens
        }
        let entry = HolderEntry(content: try Sample.content(1), origin: PublicationID(rawValue: 1), isWhole: true)
        _ = try await store.hold(add: [entry], remove: [], user: luke, device: Sample.device(1), limit: 9)
        var query = query()
        query.order = .holders
        func counts() async throws -> [Int64] {
            try await store.search(query, for: Sample.viewer("leia"), from: 0).holders
        }
        try expect(try await counts(), is: [2, 2, 1])
        subject.presence.enter(PresentDevice(luke, try Sample.device(1)), serving: [])
        try expect(try await counts(), is: [3, 3, 1])
    }

    @Sendable private static func times(_ subject: Subject) async throws {
        func published() async throws -> [Int64?] { try await subject.store.found("").map(\.published) }
        try await offer([Sample.draft("a", nil)], by: "hans", at: 10, in: subject)
        try await offer([Sample.draft("a", 1)], by: "hans", at: 20, in: subject)
        try expect(try await published(), is: [10])
        try await offer([Sample.draft("a", 1)], by: "hans", at: 30, in: subject)
        try expect(try await published(), is: [10])
        try await offer([Sample.draft("a", 2)], by: "hans", at: 40, in: subject)
        try expect(try await published(), is: [40])
        var query = query()
        query.times = 40...40
        try expect(try await names(query, in: subject), is: ["a"])
    }

    @Sendable private static func locked(_ subject: Subject) async throws {
        try await offer([Sample.draft("open", 10)], by: "hans", at: 10, in: subject)
        let secret = PublicationDraft(
            name: try Sample.file("locked"), visibility: .restricted(try Sample.readers(["luke"], isListed: true)),
            content: try Sample.content(5))
        let results = try await subject.store.publish([secret], by: Sample.user("hans"), at: 20, limit: 9) { _ in true }
        if case .published(let id)? = results.first { subject.presence.serve([id]) }
        for (order, names) in [(SearchQuery.Order.size, ["open", "locked"]), (.age, ["open", "locked"])] {
            var query = query()
            query.order = order
            try expect(try await self.names(query, in: subject), is: names)
            try expect(try await self.names(query, by: "luke", in: subject), is: ["locked", "open"])
        }
        var query = query()
        query.sizes = 0...100
        try expect(try await names(query, in: subject), is: ["open"])
        try expect(try await names(query, by: "luke", in: subject), is: ["locked", "open"])
        query.sizes = nil
        query.times = 0...100
        try expect(try await names(query, in: subject), is: ["open"])
        try expect(try await subject.store.found("locked").map(\.published), is: [nil])
    }

    @Sendable private static func groupReaders(_ subject: Subject) async throws {
        let (store, team, leia) = (subject.store, try Sample.user("team"), try Sample.user("leia"))
        _ = try await store.addGroup(team)
        let draft = PublicationDraft(
            name: try Sample.file("plan"), visibility: .restricted(try Sample.readers(["team"])),
            content: try Sample.content(5))
        try await offer([draft], by: "hans", in: subject)
        try expect(try await names(query("plan"), in: subject), is: [])
        _ = try await store.changeGroup(team, add: [leia], remove: [], limit: 9)
        try expect(try await names(query("plan"), in: subject), is: ["plan"])
        _ = try await store.changeGroup(team, add: [], remove: [leia], limit: 9)
        try expect(try await names(query("plan"), in: subject), is: [])
        _ = try await store.changeGroup(team, add: [leia], remove: [], limit: 9)
        _ = try await store.removeGroup(team)
        try expect(try await names(query("plan"), in: subject), is: [])
    }

    @Sendable private static func goingOn(_ subject: Subject) async throws {
        let names = (0..<SearchFindings.limit * 2 + 500).map { "\(100_000 + $0).jpg" }
        let middle = names.count / 2
        try await offer(names[middle...].map { try Sample.draft($0) }, by: "hans", in: subject)
        try await offer(names[..<middle].map { try Sample.draft($0) }, by: "vader", in: subject)
        let first = try await subject.store.search(query("jpg"), for: Sample.viewer("leia"), from: 0)
        try expect(first.ids.count, is: SearchFindings.limit)
        try expect(first.next != nil, "it came to an end")
        let found = try await self.names(query("jpg"), in: subject)
        try expect(found.count, is: names.count)
        try expect(found.sorted(), is: names)
        try expect(Array(found.prefix(SearchFindings.limit)), is: found.prefix(SearchFindings.limit).sorted())
    }

    @Sendable private static func changed(_ subject: Subject) async throws {
        let (store, viewer) = (subject.store, try Sample.viewer("leia"))
        let ids = try await publish(["a", "b", "c", "d"].map { try Sample.draft($0) }, by: "hans", in: subject)
        subject.presence.serve(ids)
        let found = try await store.search(query(), for: viewer, from: 0).ids
        try expect(found, is: ids)
        _ = try await store.withdraw([ids[1]], by: Sample.user("hans"))
        subject.presence.withdraw([ids[2]])
        try expect(try await store.listings(found, for: viewer).map(\.name.text), is: ["a", "d"])
        try expect(try await store.listings([ids[3], ids[0]], for: viewer).map(\.name.text), is: ["d", "a"])
    }
}
