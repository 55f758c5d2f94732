import NodeControl
import Terminal

/// What `search` looks for.
enum SearchWords {
    static let options = [
        OptionForm("--ignore-case", "-i", summary: "upper and lower case are the same"),
        OptionForm("--long", "-l", summary: "with sizes, ages and owners"),
        OptionForm(
            "--kind", value: ArgumentForm("kind", .text),
            summary: "audio, video, picture, document, archive, program or an extension; several with commas"),
        OptionForm("--owner", value: ArgumentForm("member", .member), summary: "of that member"),
        OptionForm(
            "--larger", value: ArgumentForm("size", .text), summary: "of at least that size, such as 500k or 1.5G"),
        OptionForm("--smaller", value: ArgumentForm("size", .text), summary: "of at most that size"),
        OptionForm("--newer", value: ArgumentForm("age", .text), summary: "published since, such as 12h or 7d"),
        OptionForm("--older", value: ArgumentForm("age", .text), summary: "published before"),
        OptionForm(
            "--sort", value: ArgumentForm("order", .text), summary: "by name, size, age or holders; with --long"),
        OptionForm("--reverse", "-r", summary: "the other way round; with --long"),
        OptionForm("--save", value: ArgumentForm("name", .text), summary: "keep it, and tell what is new"),
        OptionForm("--run", value: ArgumentForm("cmd", .text), summary: "run that for what is new"),
    ]

    private static let savingOptions: Set = ["--save", "--run"]

    static func action(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        let words = try arguments.texts(atLeastOne: "what to search for")
        if let name = arguments.text(of: "--save") {
            try arguments.refuse(beyond: 1)
            let others = options.filter { !savingOptions.contains($0.long) }
            if let other = others.first(where: { arguments.has($0.long) || arguments.text(of: $0.long) != nil }) {
                throw .contradiction(.search, "--save", other.long)
            }
            return .saveSearch(SearchDraft(name: name, text: words[0], command: arguments.text(of: "--run")))
        }
        guard arguments.text(of: "--run") == nil else { throw .missing(.search, "--save NAME beside --run") }
        guard words.count <= SearchTerms.wordLimit else { throw .tooMany(.search, words[SearchTerms.wordLimit]) }
        let terms = try terms(words, arguments)
        if arguments.has("--long") { return .listMatching(terms) }
        for option in ["--sort", "--reverse"] where arguments.has(option) || arguments.text(of: option) != nil {
            throw .missing(.search, "--long beside \(option)")
        }
        return .search(terms)
    }

    private static func terms(_ words: [String], _ arguments: Arguments) throws(Misunderstanding) -> SearchTerms {
        SearchTerms(
            words: words, ignoresCase: arguments.has("--ignore-case"), leastSize: try size("--larger", arguments),
            greatestSize: try size("--smaller", arguments), newerThan: try age("--newer", arguments),
            olderThan: try age("--older", arguments), extensions: try extensions(arguments),
            owner: arguments.text(of: "--owner"), order: try order(arguments), isReversed: arguments.has("--reverse"))
    }

    private static func size(_ option: String, _ arguments: Arguments) throws(Misunderstanding) -> Int64? {
        guard let text = arguments.text(of: option) else { return nil }
        guard let size = ByteCountText.parse(text) else { throw .noSize(.search, text) }
        return Int64(size)
    }

    private static func age(_ option: String, _ arguments: Arguments) throws(Misunderstanding) -> Int64? {
        guard let text = arguments.text(of: option) else { return nil }
        guard let age = Period.milliseconds(text) else { throw .noPeriod(.search, text) }
        return age / 1_000
    }

    private static func extensions(_ arguments: Arguments) throws(Misunderstanding) -> [String] {
        guard let text = arguments.text(of: "--kind") else { return [] }
        var extensions: [String] = []
        for word in text.split(separator: ",") {
            guard let more = FileKind.extensions(of: String(word)) else { throw .noChoice(.search, text, kinds) }
            extensions += more
        }
        guard !extensions.isEmpty, extensions.count <= SearchTerms.extensionLimit else {
            throw .noChoice(.search, text, kinds)
        }
        return extensions
    }

    private static var kinds: [String] { FileKind.allCases.map(\.rawValue) + ["an extension"] }

    private static func order(_ arguments: Arguments) throws(Misunderstanding) -> SearchTerms.Order {
        guard let text = arguments.text(of: "--sort") else { return .name }
        guard let order = SearchTerms.Order(rawValue: text) else {
            throw .noChoice(.search, text, SearchTerms.Order.allCases.map(\.rawValue))
        }
        return order
    }
}
