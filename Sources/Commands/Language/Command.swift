package import NodeControl
import Wire

/// A line of the shell, understood.
package enum Command: Hashable, Sendable {
    case get(names: [String], output: String?)
    /// The same, without waiting for it.
    case enqueue(names: [String], output: String?)
    case listPeers
    case listPublished
    case publish(paths: [String])
    case search(substring: String)
    case unpublish(names: [String])
    case export(name: String, path: String)
    case identity(folder: String, days: Int)
    case importTorrent(path: String, content: String?)
    case listTransfers
    /// Each by its number or name.
    case change(transfers: [String], TransferChange)
    case showLimits
    case limit(LimitChange)
    case leave
    case help(Verb?)

    /// Nil for a line without a word.
    package init?(parsing line: String, home: String?) throws(Misunderstanding) {
        let words = Words(line)
        if let quote = words.ending.quote { throw .openQuote(quote.rawValue) }
        if words.ending.isAfterBackslash { throw .openBackslash }
        guard let first = words.words.first?.text else { return nil }
        try self.init(Self.verb(first), Array(words.words.dropFirst()), home: home)
    }

    /// Of a command line, whose shell has taken it apart already.
    package init(_ verb: Verb, arguments: [String]) throws(Misunderstanding) {
        try self.init(verb, arguments.map { Words.Word(text: $0) }, home: nil)
    }

    private static func verb(_ word: String) throws(Misunderstanding) -> Verb {
        guard let verb = Verb(word: word) else {
            throw .unknownCommand(word, nearest: Nearest.choice(to: word, among: Verb.words))
        }
        return verb
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
            let (names, output) = (arguments.map(\.text), options.output?.path(home: home))
            self =
                options.isInBackground ? .enqueue(names: names, output: output) : .get(names: names, output: output)
        case .export:
            guard let name = arguments.first else { throw .missing(verb, "the name of a published file") }
            guard arguments.count > 1 else { throw .missing(verb, "the torrent file to write") }
            guard arguments.count == 2 else { throw .tooMany(verb, arguments[2].text) }
            self = .export(name: name.text, path: arguments[1].path(home: home))
        case .identity:
            guard let folder = arguments.first else { throw .missing(verb, "the folder to write to") }
            guard arguments.count == 1 else { throw .tooMany(verb, arguments[1].text) }
            self = .identity(folder: folder.path(home: home), days: try options.days())
        case .importing:
            guard let path = arguments.first else { throw .missing(verb, "the torrent file") }
            guard arguments.count <= 2 else { throw .tooMany(verb, arguments[2].text) }
            self = .importTorrent(
                path: path.path(home: home), content: arguments.dropFirst().first?.path(home: home))
        case .queue: self = try Self.queue(arguments)
        case .limit: self = try Self.limit(arguments)
        case .pause, .resume, .cancel:
            guard !arguments.isEmpty else { throw .missing(verb, "the number or name of a transfer") }
            let change: TransferChange = verb == .pause ? .pause : verb == .resume ? .resume : .cancel
            self = .change(transfers: arguments.map(\.text), change)
        case .help:
            guard arguments.count <= 1 else { throw .tooMany(verb, arguments[1].text) }
            guard let name = arguments.first?.text else {
                self = .help(nil)
                return
            }
            self = .help(try Self.verb(name))
        }
    }
}

/// The words after the verb: its options (`--output PATH` or `--output=PATH` and `--background` of `get`, `--days N` of
/// `identity`), and the others. After `--` nothing is an option.
private struct Options {
    /// The one option with a value that a verb has.
    private struct Option {
        let names: [String]
        /// What comes behind it.
        let value: String

        init?(of verb: Verb) {
            switch verb {
            case .get:
                names = ["--output", "-o"]
                value = "path"
            case .identity:
                names = ["--days", "-d"]
                value = "number"
            default: return nil
            }
        }
    }

    let verb: Verb
    private static let background = ["--background", "-b"]

    private(set) var arguments: [Words.Word] = []
    /// Of `get`.
    private(set) var isInBackground = false
    private var value: Words.Word?

    /// Of `get`.
    var output: Words.Word? { value }

    /// Of `identity`.
    func days() throws(Misunderstanding) -> Int {
        guard let value else { return 1 }
        guard let days = Int(value.text), (1...MemberCertificateTerms.longestDays).contains(days) else {
            throw .noNumber(verb, value.text, 1...MemberCertificateTerms.longestDays)
        }
        return days
    }

    init(_ verb: Verb, _ words: [Words.Word]) throws(Misunderstanding) {
        self.verb = verb
        let option = Option(of: verb)
        var rest = words[...]
        while let word = rest.popFirst() {
            if word.text == "--" {
                arguments += rest
                break
            }
            guard let option, word.text.hasPrefix("-"), word.text != "-" else {
                // What is looked for may begin with anything.
                guard verb == .sch || !word.text.hasPrefix("--") else { throw .unknownOption(verb, word.text) }
                arguments.append(word)
                continue
            }
            let before = value
            let name = option.names[0]
            if verb == .get, Self.background.contains(word.text) {
                isInBackground = true
                continue
            }
            if option.names.contains(word.text) {
                guard let next = rest.popFirst() else {
                    throw .missing(verb, "the \(option.value) after \(word.text)")
                }
                value = next
            } else if word.text.hasPrefix("\(name)=") {
                value = Words.Word(text: String(word.text.dropFirst(name.count + 1)))
            } else {
                throw .unknownOption(verb, word.text)
            }
            guard before == nil else { throw .tooMany(verb, word.text) }
            if value?.text.isEmpty == true { throw .missing(verb, "the \(option.value) after \(name)") }
        }
    }
}
