import Terminal

/// The words behind a verb, taken apart as its form says: its options (`--output PATH`, `--output=PATH`, `-o PATH`), those
/// that every command takes, and the others. After `--` nothing is an option.
struct Arguments {
    let verb: Verb
    /// What is no option.
    private(set) var words: [Words.Word] = []
    private(set) var manner = Manner()
    /// In which network, where it is said.
    var network: String? { text(of: StartOptions.network.long) }
    private var values: [String: Words.Word] = [:]
    private var flags: Set<String> = []
    private let home: String?
    private let options: [OptionForm]

    /// - Parameter isCommandLine: It may say in which network; the shell is in one.
    init(
        of verb: Verb, _ words: [Words.Word], home: String?, isCommandLine: Bool = false
    ) throws(Misunderstanding) {
        self.verb = verb
        self.home = home
        options = verb.form.options + (isCommandLine ? [StartOptions.network] : [])
        var rest = words[...]
        while let word = rest.popFirst() {
            if word.text == "--" {
                self.words += rest
                break
            }
            guard word.text.hasPrefix("-"), word.text != "-" else {
                self.words.append(word)
                continue
            }
            if try !take(word.text, &rest) { self.words.append(word) }
        }
    }

    /// False where the word is no option but an argument.
    private mutating func take(_ word: String, _ rest: inout ArraySlice<Words.Word>) throws(Misunderstanding) -> Bool {
        if manner.take(word) { return true }
        if let option = option(named: word) {
            guard let value = option.value else {
                flags.insert(option.long)
                return true
            }
            guard let next = rest.popFirst() else { throw .missing(verb, "the \(value.name) after \(word)") }
            try set(option, value, to: next, typed: word)
            return true
        }
        if let equals = word.firstIndex(of: "="), let option = option(named: String(word[..<equals])),
            word.hasPrefix("--"), let value = option.value
        {
            let text = Words.Word(text: String(word[word.index(after: equals)...]))
            try set(option, value, to: text, typed: word)
            return true
        }
        // What is looked for may begin with anything.
        let hasShort = verb.form.options.contains { $0.short != nil }
        guard verb == .search || !hasShort && !word.hasPrefix("--") else {
            throw .unknownOption(verb, word)
        }
        return false
    }

    private func option(named name: String) -> OptionForm? { options.first { $0.names.contains(name) } }

    private mutating func set(
        _ option: OptionForm, _ value: ArgumentForm, to word: Words.Word, typed: String
    ) throws(Misunderstanding) {
        guard values[option.long] == nil else { throw .tooMany(verb, typed) }
        guard !word.text.isEmpty else { throw .missing(verb, "the \(value.name) after \(option.long)") }
        values[option.long] = word
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func path(of option: String) -> String? { values[option]?.path(home: home) }
    func text(of option: String) -> String? { values[option]?.text }

    /// Nil where the option is not there.
    func number(_ option: String, in range: ClosedRange<Int>) throws(Misunderstanding) -> Int? {
        guard let text = values[option]?.text else { return nil }
        guard let number = Int(text), range.contains(number) else { throw .noNumber(verb, text, range) }
        return number
    }

    func refuse(beyond count: Int) throws(Misunderstanding) {
        guard words.count <= count else { throw .tooMany(verb, words[count].text) }
    }

    /// The one at that place.
    ///
    /// - Parameters:
    ///   - what: it is, for who left it out.
    ///   - count: how many there may be.
    func text(_ index: Int, _ what: String, of count: Int) throws(Misunderstanding) -> String {
        try word(index, what, of: count).text
    }

    func path(_ index: Int, _ what: String, of count: Int) throws(Misunderstanding) -> String {
        try word(index, what, of: count).path(home: home)
    }

    func optionalText(_ index: Int) -> String? { words.dropFirst(index).first?.text }
    func optionalPath(_ index: Int) -> String? { words.dropFirst(index).first?.path(home: home) }

    func texts(atLeastOne what: String) throws(Misunderstanding) -> [String] {
        guard !words.isEmpty else { throw .missing(verb, what) }
        return words.map(\.text)
    }

    /// An empty one, as of a script's variable that is not set, is none: it would be the folder in which one is.
    func paths(atLeastOne what: String) throws(Misunderstanding) -> [String] {
        guard !words.isEmpty, words.allSatisfy({ !$0.text.isEmpty }) else { throw .missing(verb, what) }
        return words.map { $0.path(home: home) }
    }

    private func word(_ index: Int, _ what: String, of count: Int) throws(Misunderstanding) -> Words.Word {
        guard index < words.count else { throw .missing(verb, what) }
        try refuse(beyond: count)
        return words[index]
    }
}
