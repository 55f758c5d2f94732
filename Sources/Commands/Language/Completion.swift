/// What the Tab key does at the end of a typed text. Pure: what there is to complete is given.
package struct Completion: Hashable, Sendable {
    /// What there is to choose from.
    package struct Sources: Sendable {
        /// Names that the last search found
        package var found: [String] = []
        /// One's own published names
        package var published: [String] = []
        /// Names of downloads that the last listing found
        package var transfers: [String] = []
        /// Names in a folder (`` for the working folder); folders end with `/`.
        package var files: @Sendable (_ folder: String) -> [String] = { _ in [] }
        package var home: String?

        package init() {}
    }

    /// What to insert at the cursor.
    package var inserted = ""
    /// What to list, when there are several and nothing could be inserted.
    package var candidates: [String] = []

    /// `text` is the line up to the cursor.
    package init(of text: String, from sources: Sources) {
        let words = Words(text)
        guard !words.ending.isAfterBackslash else { return }
        let typed = words.ending.word
        let finished = typed == nil ? words.words : Array(words.words.dropLast())
        if finished.isEmpty {
            complete(typed?.text ?? "", among: Verb.words(beginning: typed?.text ?? ""), ending: words.ending)
            return
        }
        switch Verb(word: finished[0].text) {
        case .get where Self.expectsPath(finished): completePath(typed, words.ending, sources)
        case .get: complete(typed?.text ?? "", among: sources.found, ending: words.ending)
        case .unp: complete(typed?.text ?? "", among: sources.published, ending: words.ending)
        case .export where finished.count == 1:
            complete(typed?.text ?? "", among: sources.published + sources.found, ending: words.ending)
        case .pub, .export, .identity, .importing: completePath(typed, words.ending, sources)
        case .pause, .resume, .cancel: complete(typed?.text ?? "", among: sources.transfers, ending: words.ending)
        case .queue where finished.count == 1:
            complete(typed?.text ?? "", among: sources.transfers, ending: words.ending)
        case .queue where finished.count == 2:
            complete(typed?.text ?? "", among: Command.positions, ending: words.ending)
        case .limit where finished.count == 1:
            complete(
                typed?.text ?? "", among: ["up", "down", "slots", "active"] + sources.transfers, ending: words.ending)
        case .limit where finished.count == 2 && sources.transfers.contains(finished[1].text):
            complete(typed?.text ?? "", among: ["up", "down"], ending: words.ending)
        case .help where finished.count == 1:
            complete(typed?.text ?? "", among: Verb.words(beginning: typed?.text ?? ""), ending: words.ending)
        default: break
        }
    }

    private static func expectsPath(_ words: [Words.Word]) -> Bool {
        ["--output", "-o"].contains(words.last?.text)
    }

    private mutating func completePath(_ word: Words.Word?, _ ending: Words.Ending, _ sources: Sources) {
        let path = word?.text ?? ""
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let start = String(path.dropFirst(folder.count))
        let place = Words.Word(text: folder, startsWithHome: word?.startsWithHome ?? false).path(home: sources.home)
        // Hidden files only for who asks for them.
        let names = sources.files(place).filter { start.hasPrefix(".") || !$0.hasPrefix(".") }
        complete(start, among: names, ending: ending)
    }

    private mutating func complete(_ start: String, among choices: [String], ending: Words.Ending) {
        // As bytes: characters would hide that a combining mark follows.
        let matches = Set(choices.filter { $0.utf8.starts(with: start.utf8) }).sorted()
        guard let first = matches.first else { return }
        let common = Self.commonStart(matches)
        let rest = String(decoding: common.utf8.dropFirst(start.utf8.count), as: UTF8.self)
        inserted = Quoting.typed(rest, quote: ending.quote)
        if matches.count == 1 {
            let isFolder = first.hasSuffix("/")
            if !isFolder { inserted += (ending.quote.map { String($0.rawValue) } ?? "") + " " }
        } else if inserted.isEmpty {
            candidates = matches
        }
    }

    /// In whole scalars.
    private static func commonStart(_ names: [String]) -> String {
        guard var common = names.first.map({ Array($0.unicodeScalars) }) else { return "" }
        for name in names.dropFirst() {
            let same = zip(common, name.unicodeScalars).prefix { $0.0 == $0.1 }.count
            common.removeSubrange(same...)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: common)
        return String(text)
    }
}
