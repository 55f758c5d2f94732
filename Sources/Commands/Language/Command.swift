/// A line of the shell, understood.
package enum Command: Hashable, Sendable {
    case get(names: [String], output: String?)
    case listPeers
    case listPublished
    case publish(paths: [String])
    case search(substring: String)
    case unpublish(names: [String])
    case leave
    case help(Verb?)

    /// Nil for a line without a word.
    package init?(parsing line: String, home: String?) throws(Misunderstanding) {
        let words = Words(line)
        if let quote = words.ending.quote { throw .openQuote(quote.rawValue) }
        if words.ending.isAfterBackslash { throw .openBackslash }
        guard let first = words.words.first?.text else { return nil }
        guard let verb = Verb(rawValue: first) else {
            throw .unknownCommand(first, nearest: Nearest.choice(to: first, among: Verb.allCases.map(\.rawValue)))
        }
        try self.init(verb, Array(words.words.dropFirst()), home: home)
    }

    private init(_ verb: Verb, _ words: [Words.Word], home: String?) throws(Misunderstanding) {
        let options = try Options(verb, words)
        let arguments = options.arguments
        switch verb {
        case .lap, .lpf, .xit:
            guard arguments.isEmpty else { throw .tooMany(verb, arguments[0].text) }
            self = verb == .lap ? .listPeers : verb == .lpf ? .listPublished : .leave
        case .pub:
            guard !arguments.isEmpty else { throw .missing(verb, "the file to publish") }
            self = .publish(paths: arguments.map { $0.path(home: home) })
        case .unp:
            guard !arguments.isEmpty else { throw .missing(verb, "the name of the file to withdraw") }
            self = .unpublish(names: arguments.map(\.text))
        case .sch:
            guard let substring = arguments.first else { throw .missing(verb, "what to search for") }
            guard arguments.count == 1 else { throw .tooMany(verb, arguments[1].text) }
            self = .search(substring: substring.text)
        case .get:
            guard !arguments.isEmpty else { throw .missing(verb, "the name of the file to download") }
            if options.output != nil, arguments.count > 1 { throw .oneOutputForMany }
            self = .get(names: arguments.map(\.text), output: options.output?.path(home: home))
        case .help:
            guard arguments.count <= 1 else { throw .tooMany(verb, arguments[1].text) }
            guard let name = arguments.first?.text else {
                self = .help(nil)
                return
            }
            guard let topic = Verb(rawValue: name) else {
                throw .unknownCommand(name, nearest: Nearest.choice(to: name, among: Verb.allCases.map(\.rawValue)))
            }
            self = .help(topic)
        }
    }
}

/// The words after the verb: `--output PATH` or `--output=PATH` of `get`, and the others. After `--` nothing is an option.
private struct Options {
    var arguments: [Words.Word] = []
    var output: Words.Word?

    init(_ verb: Verb, _ words: [Words.Word]) throws(Misunderstanding) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word.text == "--" {
                arguments += rest
                break
            }
            guard verb == .get, word.text.hasPrefix("-"), word.text != "-" else {
                arguments.append(word)
                continue
            }
            if word.text == "--output" || word.text == "-o" {
                guard let path = rest.popFirst() else { throw .missing(verb, "the path after \(word.text)") }
                output = path
            } else if word.text.hasPrefix("--output=") {
                output = Words.Word(text: String(word.text.dropFirst("--output=".count)))
            } else {
                throw .unknownOption(verb, word.text)
            }
            if output?.text.isEmpty == true { throw .missing(verb, "the path after --output") }
        }
    }
}
