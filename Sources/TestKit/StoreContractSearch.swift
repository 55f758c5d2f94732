import Content
import Directory
import Wire

extension StoreContract {
    static let searchCases = [
        Case("folders are told apart from files", run: folders),
        Case("a substring is compared as bytes, whatever stands in it", run: substrings),
        Case("a search shows each name of others' active publications once", run: searching),
        Case("a search finds what a plain comparison finds", run: searchingRandomly),
        Case("what stands in very many names is found too", run: searchingMany),
        Case("a lookup shows others' publications, with when absent owners were seen", run: lookingUp),
        Case("sources of a content are active publishers and present holders", run: sources),
    ]

    private static func search(_ substring: [UInt8], _ member: String = "leia", in subject: Subject)
        async throws -> [String]
    {
        let found = try await subject.store.found(SearchQuery(words: [substring]), by: member)
        var names: [String] = []
        for one in found {
            let isFolder = if case .content(let content) = one.kind { content.kind == .folder } else { false }
            let name = isFolder ? "\(one.name)/" : one.name.text
            if names.last != name { names.append(name) }
        }
        return names
    }

    @Sendable private static func substrings(_ subject: Subject) async throws {
        let names = [
            "Report.pdf", "report.pdf", "a*b", "aXb", "a?b", "[abc]", "abc", "100%", "100_", "it's", "say \"hi\"",
            "back\\slash", "ärger", "日本語", "🛸🛸", "AND", "NOT x", "a-b", "^start", "new\nline", "(x)", "x:y",
        ]
        let ids = try await publish(names.map { try Sample.draft($0) }, by: "hans", in: subject)
        subject.presence.serve(ids)
        // All parts of up to five bytes, many of which cut a character in two.
        var asked: Set<[UInt8]> = [[], [0xFF], Array("nowhere".utf8), Array("REPORT".utf8)]
        for name in names {
            let bytes = Array(name.utf8)
            asked.insert(bytes)
            for length in 1...min(5, bytes.count) {
                for start in 0...bytes.count - length { asked.insert(Array(bytes[start..<start + length])) }
            }
        }
        for substring in asked {
            let wanted = try names.filter { contains(Array($0.utf8), substring) }.map(Sample.file).sorted()
            try expect(try await search(substring, in: subject), is: wanted.map(\.text))
        }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0...].starts(with: part) }
    }

    @Sendable private static func searching(_ subject: Subject) async throws {
        let hans = try await publish(
            ["one.pdf", "two.pdf", "three.txt"].map { try Sample.draft($0) }, by: "hans", in: subject)
        let vader = try await publish(["one.pdf", "four.pdf"].map { try Sample.draft($0) }, by: "vader", in: subject)
        let pdf = Array("pdf".utf8)
        try expect(try await search(pdf, in: subject), is: [])
        subject.presence.serve(hans + vader)
        try expect(try await search(pdf, in: subject), is: ["four.pdf", "one.pdf", "two.pdf"])
        try expect(try await search(pdf, "hans", in: subject), is: ["four.pdf", "one.pdf"])
        try expect(try await search(pdf, "vader", in: subject), is: ["one.pdf", "two.pdf"])
        subject.presence.withdraw(hans)
        try expect(try await search(pdf, in: subject), is: ["four.pdf", "one.pdf"])
        _ = try await subject.store.unpublish([Sample.file("one.pdf")], by: Sample.user("vader"))
        try expect(try await search(pdf, in: subject), is: ["four.pdf"])
    }

    @Sendable private static func searchingRandomly(_ subject: Subject) async throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let letters = ["a", "b", "B", "ä", "*", "\"", " "]
        func word(_ lengths: ClosedRange<Int>) -> String {
            (0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
                .joined()
        }
        var served: Set<String> = []
        for owner in ["hans", "vader", "leia"] {
            let names = (0..<200).map { _ in word(1...8) }
            let ids = try await publish(names.map { try Sample.draft($0) }, by: owner, in: subject)
            for (name, id) in zip(names, ids) where Bool.random(using: &random) {
                subject.presence.serve([id])
                if owner != "leia" { served.insert(name) }
            }
        }
        for _ in 0..<100 {
            let substring = Array(word(0...4).utf8)
            let wanted = try served.filter { contains(Array($0.utf8), substring) }.map(Sample.file).sorted()
                .map(\.text)
            let found = try await search(substring, in: subject)
            guard found == wanted else {
                throw Breach(description: "seed \(seed): \(substring) gives \(found), not \(wanted)")
            }
        }
    }

    /// Folders are contents as files are, and told apart from them.
    @Sendable private static func folders(_ subject: Subject) async throws {
        let file = try Sample.content(1)
        guard let folder = ContentID(root: file.root, size: file.size, kind: .folder) else { return }
        let drafts = [
            PublicationDraft(name: try Sample.file("abc file"), content: file),
            PublicationDraft(name: try Sample.file("abc folder"), content: folder),
        ]
        let ids = try await publish(drafts, by: "hans", in: subject)
        subject.presence.serve(ids)
        for substring in ["abc", "a"] {
            try expect(try await search(Array(substring.utf8), in: subject), is: ["abc file", "abc folder/"])
        }
        let member = try Sample.user("leia")
        let found = try await subject.store.findings(
            named: Sample.file("abc folder"), for: Viewer(member, at: 0), after: nil, limit: 9)
        try expect(found.map(\.content), is: [folder])
        let own = try await subject.store.publications(of: Sample.user("hans"), after: nil, limit: 9)
        try expect(own.map(\.content), is: [file, folder])
    }

    @Sendable private static func searchingMany(_ subject: Subject) async throws {
        let names = (0..<6_000).map { "picture \(10_000 + $0).jpeg" }
        let ids = try await publish(names.map { try Sample.draft($0) }, by: "hans", in: subject)
        subject.presence.serve(ids)
        try expect(try await search(Array("jpeg".utf8), in: subject), is: names)
        try expect(try await search(Array("1234".utf8), in: subject), is: names.filter { $0.contains("1234") })
    }

    @Sendable private static func lookingUp(_ subject: Subject) async throws {
        let store = subject.store
        var ids: [PublicationID] = []
        for (number, owner) in ["hans", "vader", "leia"].enumerated() {
            ids += try await publish([Sample.draft("a", number), Sample.draft("A")], by: owner, in: subject).prefix(1)
        }
        try await store.note([Sighting(user: Sample.user("hans"), time: 77)])
        subject.presence.serve([ids[1]])
        let hans = Finding(
            publication: ids[0], owner: try Sample.user("hans"), content: try Sample.content(0), absentSince: 77)
        let vader = Finding(
            publication: ids[1], owner: try Sample.user("vader"), content: try Sample.content(1), absentSince: nil)
        let leia = try Sample.user("leia")
        let name = try Sample.file("a")
        try expect(
            try await store.findings(named: name, for: Viewer(leia, at: 0), after: nil, limit: 9), is: [hans, vader])
        try expect(try await store.findings(named: name, for: Viewer(leia, at: 0), after: nil, limit: 1), is: [hans])
        try expect(
            try await store.findings(named: name, for: Viewer(leia, at: 0), after: ids[0], limit: 9), is: [vader])
        let stranger = try Sample.user("stranger")
        let all = try await store.findings(named: name, for: Viewer(stranger, at: 0), after: nil, limit: 9)
        try expect(all.map(\.absentSince), is: [77, nil, 0])
    }

    @Sendable private static func sources(_ subject: Subject) async throws {
        let store = subject.store
        let content = try Sample.content(5)
        let (luke, leia) = (try Sample.user("luke"), try Sample.user("leia"))
        let tokens = TokenPair(current: .zero, previous: nil, expires: 1)
        let entry = HolderEntry(content: content, origin: PublicationID(rawValue: 1), isWhole: false)
        for (number, user) in ["hans", "vader", "luke"].enumerated() {
            let ids = try await publish([Sample.draft("\(user)'s", 5), Sample.draft("b", 5)], by: user, in: subject)
            if number < 2 { subject.presence.serve(ids) }
        }
        for user in [luke, leia, try Sample.user("hans")] {
            _ = try await store.changeTokens(of: Sample.device(1), labelled: "", noting: Sighting(user: user, time: 1))
            { _ in tokens
            }
            _ = try await store.hold(add: [entry], remove: [], user: user, device: Sample.device(1), limit: 9)
        }
        func found(_ member: UserName, after: String? = nil, limit: Int = 9) async throws -> [String] {
            try await store.sources(
                of: content, for: Viewer(member, at: 0), after: after.map(Sample.user), limit: limit
            )
            .map { "\($0.user) \($0.isWhole ? "whole" : "part")" }
        }
        try expect(try await found(leia), is: ["hans whole", "vader whole"])
        subject.presence.enter(PresentDevice(luke, try Sample.device(2)), serving: [])
        subject.presence.enter(PresentDevice(leia, try Sample.device(1)), serving: [])
        subject.presence.enter(PresentDevice(try Sample.user("hans"), try Sample.device(1)), serving: [])
        try expect(try await found(luke), is: ["hans whole", "leia part", "vader whole"])
        subject.presence.enter(PresentDevice(luke, try Sample.device(1)), serving: [])
        try expect(try await found(leia), is: ["hans whole", "luke part", "vader whole"])
        try expect(try await found(leia, limit: 2), is: ["hans whole", "luke part"])
        try expect(try await found(leia, after: "luke"), is: ["vader whole"])
    }
}
