import Content
import Directory
import Wire

/// Members and what they publish, the same each time: names of three to five made-up words, some of which are in very many.
enum Field {
    /// Steele and others, SplitMix64.
    struct Random: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    static let device: DeviceID = DeviceID(Array(repeating: 1, count: DeviceID.byteCount)) ?? fallback
    private static var fallback: DeviceID { fatalError("a device's id has another length") }
    private static let viewer = Viewer(user("viewer"), at: 1)
    private static let syllables = [
        "ka", "lo", "mi", "re", "sun", "tor", "vel", "an", "be", "cho", "dur", "el", "fin", "gra", "hol", "is", "jun",
        "kre", "lam", "nor", "ost", "pra", "quin", "ros", "sta", "tri", "ul", "ven", "wol", "xi", "yar", "zen",
    ]
    private static let endings = ["mp3", "flac", "jpg", "pdf", "mkv", "txt", "zip", "epub"]

    static func user(_ account: Int) -> UserName { user("member\(account)") }

    private static func user(_ text: String) -> UserName {
        guard let user = UserName(text) else { fatalError("\(text) is no name") }
        return user
    }

    /// The words of one publication: the smaller a word's number, the more names have it.
    private static func name(_ number: Int) -> String {
        var random = Random(seed: UInt64(number))
        let words = (0..<Int.random(in: 3...5, using: &random)).map { _ in
            let rank = Double.random(in: 0..<1, using: &random)
            return word(Int(rank * rank * rank * 60_000))
        }
        return "\(words.joined(separator: " ")) \(number % 1_000).\(endings[number % 7 * number % endings.count])"
    }

    private static func word(_ number: Int) -> String {
        var random = Random(seed: UInt64(number) | 1 << 40)
        return (0..<Int.random(in: 2...4, using: &random)).map { _ in syllables.randomElement(using: &random) ?? "" }
            .joined()
    }

    static func draft(_ number: Int) -> PublicationDraft {
        // Two have the same content, as a rule of different names.
        let root = Hash256(hashing: Array("content \(number / 2)".utf8))
        guard let name = try? FileName(name(number)), let content = ContentID(root: root, size: Int64(number / 2) + 1)
        else { fatalError("\(number) has no name") }
        return PublicationDraft(name: name, content: content)
    }

    /// One to twelve letters: a piece of a name (seven of ten), a frequent word or ending (two), or what is in none.
    static func substring(_ random: inout Random, _ scale: Scale) -> String {
        let count = Int.random(in: 1...12, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<7:
            let text = name(Int.random(in: 0..<scale.publications, using: &random))
            let start = Int.random(in: 0...max(0, text.count - count), using: &random)
            return String(text.dropFirst(start).prefix(count))
        case 7..<9:
            let often = Bool.random(using: &random) ? word(Int.random(in: 0..<50, using: &random)) : endings[0]
            return String(often.prefix(count))
        default: return String((0..<count).map { _ in "bcdfghjkqwxz".randomElement(using: &random) ?? "q" })
        }
    }

    // MARK: Requests

    static func publish(_ account: Int, _ scale: Scale, _ store: any DirectoryStore) async throws -> [PublicationID] {
        var ids: [PublicationID] = []
        let numbers = scale.numbers(of: account)
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 100) {
            let drafts = (start..<min(start + 100, numbers.upperBound)).map(draft)
            ids += try await publish(drafts, by: account, store)
        }
        return ids
    }

    @discardableResult
    static func publish(_ drafts: [PublicationDraft], by account: Int, _ store: any DirectoryStore) async throws
        -> [PublicationID]
    {
        try await store.publish(drafts, by: user(account), at: 1, limit: .max, isOfFile: { _ in true })
            .compactMap { if case .published(let id) = $0 { id } else { nil } }
    }

    /// The first page.
    static func search(_ text: String, _ store: any DirectoryStore, by order: SearchQuery.Order = .name) async throws
        -> [ListedPublication]
    {
        let query = SearchQuery(words: [Array(text.utf8)], order: order)
        let found = try await store.search(query, for: viewer, from: 0)
        return try await store.listings(Array(found.ids.prefix(50)), for: viewer)
    }

    static func look(up draft: PublicationDraft, _ store: any DirectoryStore) async throws {
        _ = try await store.findings(named: draft.name, for: viewer, after: nil, limit: 50)
    }

    static func sources(of draft: PublicationDraft, _ store: any DirectoryStore) async throws {
        guard let content = draft.content else { return }
        _ = try await store.sources(of: content, for: viewer, after: nil, limit: 50)
    }
}
