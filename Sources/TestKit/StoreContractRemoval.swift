import Content
import Directory
import Wire

/// Large removals: whether a store does them at once or later, nobody may see the difference.
extension StoreContract {
    static let removalCases = [
        Case("what is withdrawn with much below it is gone at once", run: withdrawingMuch),
        Case("what is unpublished with much below it is gone at once", run: unpublishingMuch),
        Case("a file takes the place of a parent with much below it", run: replacingMuch),
        Case("others go on while much is removed", run: goingOnMeanwhile),
    ]

    private static let count = 1_100

    /// `music` with `rest`, and `Old/` in it, in which there are 1,100 files and `deep/` with as many.
    private static func library(_ subject: Subject) async throws -> (top: PublicationID, old: PublicationID) {
        let hans = try Sample.user("hans")
        let top = try await publish([Sample.folder("music")], by: "hans", in: subject)[0]
        subject.presence.serve([top])
        let inner = try await publish(
            [Sample.folder("Old", below: top), Sample.draft("rest", 3, below: top)], by: "hans", in: subject)
        let deep = try await publish([Sample.folder("deep", below: inner[0])], by: "hans", in: subject)
        for parent in [inner[0], deep[0]] {
            let drafts = try (0..<count).map { try Sample.draft("song \($0)", 5, below: parent) }
            _ = try await subject.store.publish(drafts, by: hans, limit: 1_000_000)
        }
        return (top, inner[0])
    }

    private static func names(_ text: String, in subject: Subject) async throws -> [String] {
        try await subject.store.found(text).map { ($0.path.isEmpty ? "" : $0.path + "/") + $0.name.text }
    }

    /// Nobody finds what stood in `Old`, and its owner can do nothing with it.
    private static func expectGone(_ old: PublicationID, _ song: PublicationID, in subject: Subject) async throws {
        let (hans, leia, store) = (try Sample.user("hans"), try Sample.user("leia"), subject.store)
        try expect(try await names("song", in: subject), is: [])
        try expect(try await names("ng", in: subject), is: [])
        for text in ["song", "ng", "deep", "/"] {
            try expect(try await store.found(text), is: [])
        }
        let file = try Sample.file("song 7")
        try expect(try await store.findings(named: file, for: Viewer(leia, at: 0), after: nil, limit: 9), is: [])
        try expect(
            try await store.sources(of: Sample.content(5), for: Viewer(leia, at: 0), after: nil, limit: 9), is: [])
        try expect(
            try await store.listings(of: hans, below: old, for: Viewer(leia, at: 0), after: nil, limit: 9), is: [])
        try expect(try await store.descendant(of: old, [file], for: Viewer(leia, at: 0)), is: nil)
        for id in [old, song] {
            try expect(try await store.active(id, for: Viewer(leia, at: 0)), is: nil)
            try expect(try await store.owned([id], by: hans), is: [])
            try expect(try await store.withdraw([id], by: hans), is: [false])
            let draft = try Sample.draft("new", 1, below: id)
            try expect(
                try await store.publish([draft], by: hans, limit: 1_000_000), is: [.refused(.noSuchPublication)])
        }
        let place = Arrangement(id: song, parent: old, name: try Sample.file("another"))
        try expect(try await store.arrange([place], by: hans), is: [false])
    }

    private static func song(below old: PublicationID, in subject: Subject) async throws -> PublicationID {
        guard
            let song = try await subject.store.descendant(of: old, [Sample.file("song 7")], for: Sample.viewer("leia"))
        else {
            throw Breach(description: "no song")
        }
        return song.publication
    }

    /// - Returns: In how many portions.
    private static func dropAll(in subject: Subject) async throws -> Int {
        var portions = 0
        while try await subject.store.dropRemains(limit: 100) > 0 { portions += 1 }
        return portions
    }

    private static func counted(in subject: Subject) async throws -> [Int64] {
        try await subject.store.memberRecords(after: nil, limit: 9).map(\.publications)
    }

    @Sendable private static func withdrawingMuch(_ subject: Subject) async throws {
        let (top, old) = try await library(subject)
        let song = try await song(below: old, in: subject)
        try expect(try await counted(in: subject), is: [Int64(2 * count + 4)])
        try expect(try await subject.store.withdraw([old], by: Sample.user("hans")), is: [true])
        try await expectGone(old, song, in: subject)
        try expect(try await names("", in: subject), is: ["music", "music/rest"])
        // The place is free.
        let again = try await publish([Sample.folder("Old", below: top)], by: "hans", in: subject)
        try expect(again[0] != old, "the id was given again")
        try expect(try await names("", in: subject), is: ["music/Old", "music", "music/rest"])
        _ = try await dropAll(in: subject)
        try await expectGone(old, song, in: subject)
        try expect(try await names("", in: subject), is: ["music/Old", "music", "music/rest"])
        try expect(try await counted(in: subject), is: [3])
    }

    @Sendable private static func unpublishingMuch(_ subject: Subject) async throws {
        let (top, old) = try await library(subject)
        let (song, hans) = (try await song(below: old, in: subject), try Sample.user("hans"))
        try expect(try await subject.store.unpublish([Sample.file("music")], by: hans), is: [top])
        // Also where somebody still takes it for served.
        try await expectGone(old, song, in: subject)
        try expect(try await names("", in: subject), is: [])
        try expect(try await subject.store.publications(of: hans, after: nil, limit: 9), is: [])
        try expect(try await subject.store.unpublish([Sample.file("music")], by: hans), is: [nil])
        let again = try await publish([Sample.folder("music")], by: "hans", in: subject)
        try expect(try await subject.store.publications(of: hans, after: nil, limit: 9).map(\.id), is: again)
        _ = try await dropAll(in: subject)
        try expect(try await subject.store.publications(of: hans, after: nil, limit: 9).map(\.id), is: again)
        try expect(try await counted(in: subject), is: [1])
    }

    @Sendable private static func replacingMuch(_ subject: Subject) async throws {
        let (top, old) = try await library(subject)
        let song = try await song(below: old, in: subject)
        let file = try await publish([Sample.draft("Old", 9, below: top)], by: "hans", in: subject)
        try expect(file[0] != old, "the id was given again")
        try await expectGone(old, song, in: subject)
        _ = try await dropAll(in: subject)
        try expect(try await names("", in: subject), is: ["music/Old", "music", "music/rest"])
        try expect(try await counted(in: subject), is: [3])
    }

    @Sendable private static func goingOnMeanwhile(_ subject: Subject) async throws {
        let (_, old) = try await library(subject)
        _ = try await subject.store.withdraw([old], by: Sample.user("hans"))
        var portions = 0
        repeat {
            portions += 1
            let ids = try await publish([Sample.draft("song \(portions)", portions)], by: "vader", in: subject)
            subject.presence.serve(ids)
            try expect(try await names("song", in: subject).count, is: portions)
        } while try await subject.store.dropRemains(limit: 100) > 0
        try expect(try await counted(in: subject), is: [2, Int64(portions)])
        // A member who is removed takes with him what was left.
        _ = try await library(subject)
        _ = try await subject.store.unpublish([Sample.file("music")], by: Sample.user("hans"))
        while try await subject.store.dropPublications(of: Sample.user("hans"), limit: 1_000) > 0 {}
        try expect(try await counted(in: subject), is: [0, Int64(portions)])
        try expect(try await subject.store.dropRemains(limit: 100), is: 0)
    }
}
