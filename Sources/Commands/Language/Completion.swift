package import Terminal

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
        /// Who was online
        package var peers: [String] = []
        /// Names of the networks that were joined
        package var networks: [String] = []
        /// Names in a folder (`` for the working folder); folders end with `/`.
        package var files: @Sendable (_ folder: String) -> [String] = { _ in [] }
        package var home: String?

        package init() {}

        /// What may stand for an argument that is no path.
        package func choices(_ form: ArgumentForm, beginning start: String) -> [String] {
            switch form.kind {
            case .text, .file, .folder: []
            case .published: published
            case .found: found
            case .publication: published + found
            case .transfer: form.words + transfers
            case .member: peers
            case .network: networks
            case .command: Verb.words(beginning: start)
            case .words: form.words
            }
        }
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
        let start = typed?.text ?? ""
        switch Expectation(after: finished.map(\.text), typed: start, among: [Verb.group]) {
        case .command: complete(start, among: Verb.words(beginning: start), ending: words.ending)
        case .option(let options):
            complete(start, among: options.map(\.long), ending: words.ending)
        case .argument(let form): complete(typed, as: form, words.ending, sources)
        case .value(let form, let option):
            let value = String(decoding: start.utf8.dropFirst(option.utf8.count), as: UTF8.self)
            complete(Words.Word(text: value), as: form, words.ending, sources)
        case .nothing: break
        }
    }

    private mutating func complete(
        _ word: Words.Word?, as form: ArgumentForm, _ ending: Words.Ending, _ sources: Sources
    ) {
        let start = word?.text ?? ""
        switch form.kind {
        case .file, .folder: completePath(word, ending, sources)
        default: complete(start, among: sources.choices(form, beginning: start), ending: ending)
        }
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
