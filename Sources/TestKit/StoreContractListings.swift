import Content
import Directory
import Wire

extension StoreContract {
    static let listingCases = [
        Case("a listing finds names without regard to case, and says where they stand", run: matching),
        Case("a listing finds what a plain comparison finds", run: matchingRandomly),
        Case("what stands below a publication is active with the one at the top", run: activeWithTheTop),
        Case("a member is looked through folder by folder", run: browsing),
        Case("a path leads down from a publication", run: descending),
        Case("renaming and moving take along what stands below", run: arranging),
        Case("nothing is moved to where it cannot stand", run: arrangingWrongly),
        Case("what is withdrawn is gone with what stands below", run: withdrawing),
        Case("a parent that becomes a file is another publication", run: becomingAFile),
    ]

    /// `music` with `Old/` and `a.mp3` in it, and in the folder `deep.MP3`.
    private static func library(_ subject: Subject) async throws -> [PublicationID] {
        let top = try await publish([Sample.folder("music")], by: "hans", in: subject)
        let inner = try await publish(
            [Sample.folder("Old", below: top[0]), Sample.draft("a.mp3", 3, below: top[0])], by: "hans", in: subject)
        let unhashed = PublicationDraft(parent: inner[0], name: try Sample.file("deep.MP3"), content: nil, size: 77)
        return top + inner + (try await publish([unhashed], by: "hans", in: subject))
    }

    private static func names(_ text: String, _ member: String = "leia", in subject: Subject) async throws -> [String] {
        try await subject.store.found(text, by: member).map { ($0.path.isEmpty ? "" : $0.path + "/") + $0.name.text }
    }

    private static func below(_ parent: PublicationID?, of member: String = "hans", in subject: Subject)
        async throws -> [String]
    {
        try await subject.store.listings(
            of: Sample.user(member), below: parent, for: Sample.viewer("leia"), after: nil, limit: 1_000
        )
        .map(\.name.text)
    }

    @Sendable private static func matching(_ subject: Subject) async throws {
        let ids = try await library(subject)
        try expect(try await names("MP3", in: subject), is: [])
        subject.presence.serve([ids[0]])
        try expect(try await names("Mp3", in: subject), is: ["music/a.mp3", "music/Old/deep.MP3"])
        try expect(try await names("p3", in: subject), is: ["music/a.mp3", "music/Old/deep.MP3"])
        try expect(try await names("", in: subject).count, is: 4)
        try expect(try await names("mp3", "hans", in: subject), is: [])
        let more = try await publish(["ÄRGER", "100%", "a\"b"].map { try Sample.draft($0) }, by: "vader", in: subject)
        subject.presence.serve(more)
        try expect(try await names("ärg", in: subject), is: ["ÄRGER"])
        try expect(try await names("00%", in: subject), is: ["100%"])
        try expect(try await names("A\"B", in: subject), is: ["a\"b"])
        try expect(try await subject.store.found(SearchQuery(words: [[0xFF]], ignoresCase: true)), is: [])
        let kinds = try await subject.store.found("mp3").map(\.kind)
        try expect(kinds, is: [.content(try Sample.content(3)), .unhashed(77)])
        try expect(try await subject.store.found("usi").map(\.kind), is: [.parent])
    }

    @Sendable private static func matchingRandomly(_ subject: Subject) async throws {
        var random = SeededRandom.fresh()
        let letters = ["a", "A", "b", "B", "é", "É", "*", " "]
        func word(_ lengths: ClosedRange<Int>) -> String {
            (0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
                .joined()
        }
        let words = Set((0..<300).map { _ in word(1...8) }).sorted()
        let ids = try await publish(words.map { try Sample.draft($0) }, by: "hans", in: subject)
        subject.presence.serve(ids)
        for _ in 0..<60 {
            let text = word(0...4)
            let part = Array(text.lowercased().utf8)
            let found = try await subject.store.found(text)
            let wanted = try words.filter { word in
                let bytes = Array(word.lowercased().utf8)
                return bytes.count >= part.count
                    && (0...bytes.count - part.count).contains { bytes[$0...].starts(with: part) }
            }.map(Sample.file).sorted().map(\.text)
            guard found.map(\.name.text) == wanted else {
                throw Breach(description: "seed \(random.seed): \(text) gives \(found.map(\.name)), not \(wanted)")
            }
        }
    }

    @Sendable private static func activeWithTheTop(_ subject: Subject) async throws {
        let ids = try await library(subject)
        try expect(try await subject.store.active(ids[3], for: Sample.viewer("leia")), is: nil)
        subject.presence.serve([ids[0]])
        try expect(try await subject.store.active(ids[3], for: Sample.viewer("leia"))?.path, is: "music/Old")
        let leia = try Sample.user("leia")
        let found = try await subject.store.findings(
            named: Sample.file("a.mp3"), for: Viewer(leia, at: 0), after: nil, limit: 9)
        try expect(found.map(\.absentSince), is: [nil])
        let sources = try await subject.store.sources(
            of: Sample.content(3), for: Viewer(leia, at: 0), after: nil, limit: 9)
        try expect(sources.map(\.user.text), is: ["hans"])
        subject.presence.withdraw([ids[0]])
        try expect(try await names("mp3", in: subject), is: [])
    }

    @Sendable private static func browsing(_ subject: Subject) async throws {
        let ids = try await library(subject)
        subject.presence.serve([ids[0]])
        try expect(try await below(nil, in: subject), is: ["music"])
        try expect(try await below(ids[0], in: subject), is: ["Old", "a.mp3"])
        try expect(try await below(ids[1], in: subject), is: ["deep.MP3"])
        try expect(try await below(ids[0], of: "vader", in: subject), is: [])
        let rest = try await subject.store.listings(
            of: Sample.user("hans"), below: ids[0], for: Sample.viewer("leia"), after: ids[1], limit: 9)
        try expect(rest.map(\.name.text), is: ["a.mp3"])
        try expect(rest.map(\.path), is: ["music"])
        subject.presence.withdraw([ids[0]])
        try expect(try await below(ids[0], in: subject), is: [])
    }

    @Sendable private static func descending(_ subject: Subject) async throws {
        let ids = try await library(subject)
        func at(_ path: String...) async throws -> PublicationID? {
            try await subject.store.descendant(of: ids[0], path.map(Sample.file), for: Sample.viewer("leia"))?
                .publication
        }
        try expect(try await at("Old", "deep.MP3"), is: ids[3])
        try expect(try await at("Old"), is: ids[1])
        try expect(try await at("old"), is: nil)
        try expect(try await at("a.mp3", "b"), is: nil)
        let nowhere = PublicationID(rawValue: 9_999)
        try expect(
            try await subject.store.descendant(of: nowhere, [Sample.file("a")], for: Sample.viewer("leia")), is: nil)
    }

    @Sendable private static func arranging(_ subject: Subject) async throws {
        let ids = try await library(subject)
        subject.presence.serve([ids[0]])
        let hans = try Sample.user("hans")
        let renaming = Arrangement(id: ids[1], parent: ids[0], name: try Sample.file("new"))
        try expect(try await subject.store.arrange([renaming, renaming], by: hans), is: [true, true])
        try expect(try await names("deep", in: subject), is: ["music/new/deep.MP3"])
        try expect(try await names("old", in: subject), is: [])
        try expect(try await names("NEW", in: subject), is: ["music/new"])
        let moving = Arrangement(id: ids[2], parent: ids[1], name: try Sample.file("b.mp3"))
        try expect(try await subject.store.arrange([moving], by: hans), is: [true])
        try expect(try await names("b.mp", in: subject), is: ["music/new/b.mp3"])
        try expect(try await below(ids[1], in: subject), is: ["b.mp3", "deep.MP3"])
    }

    @Sendable private static func arrangingWrongly(_ subject: Subject) async throws {
        let ids = try await library(subject)
        let other = try await publish([Sample.folder("films")], by: "hans", in: subject)
        let name = try Sample.file("x")
        let taken = Arrangement(id: ids[2], parent: ids[0], name: try Sample.file("Old"))
        let wrong = [
            taken, Arrangement(id: ids[1], parent: ids[1], name: name),
            Arrangement(id: ids[2], parent: other[0], name: name),
            Arrangement(id: ids[0], parent: other[0], name: name),
            Arrangement(id: PublicationID(rawValue: 9_999), parent: ids[0], name: name),
        ]
        let results = try await subject.store.arrange(wrong, by: Sample.user("hans"))
        try expect(results, is: wrong.map { _ in false })
        let right = Arrangement(id: ids[2], parent: ids[1], name: name)
        try expect(try await subject.store.arrange([right], by: Sample.user("vader")), is: [false])
        let deeper = try await publish([Sample.folder("in", below: ids[1])], by: "hans", in: subject)
        let circle = Arrangement(id: ids[1], parent: deeper[0], name: name)
        try expect(try await subject.store.arrange([circle], by: Sample.user("hans")), is: [false])
    }

    @Sendable private static func withdrawing(_ subject: Subject) async throws {
        let ids = try await library(subject)
        subject.presence.serve([ids[0]])
        try expect(try await subject.store.withdraw([ids[1]], by: Sample.user("vader")), is: [false])
        let results = try await subject.store.withdraw([ids[1], ids[1], ids[3]], by: Sample.user("hans"))
        try expect(results, is: [true, false, false])
        try expect(try await names("", in: subject), is: ["music/a.mp3", "music"])
        // What is gone counts no more.
        let results2 = try await subject.store.publish(
            [Sample.draft("b"), Sample.draft("c")], by: Sample.user("hans"), limit: 3)
        try expect(results2.last, is: .refused(.quotaReached(limit: 3)))
    }

    @Sendable private static func becomingAFile(_ subject: Subject) async throws {
        let ids = try await library(subject)
        subject.presence.serve([ids[0]])
        let file = try await publish([Sample.draft("Old", 5, below: ids[0])], by: "hans", in: subject)
        try expect(file[0] != ids[1], "the id was given again")
        try expect(try await names("", in: subject), is: ["music/Old", "music/a.mp3", "music"])
        let again = try await publish([Sample.folder("Old", below: ids[0])], by: "hans", in: subject)
        try expect(again[0] != file[0], "the id was given again")
    }
}
