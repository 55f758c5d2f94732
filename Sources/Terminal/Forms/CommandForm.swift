/// What a command of a program is called, takes and does: what its help, its manual page, the completion in shells and
/// the sentences about mistakes are made of.
package struct CommandForm: Codable, Hashable, Sendable {
    /// As it is typed.
    package var word: String
    /// A shorter one for the same.
    package var alias: String?
    /// The word and what stands behind it.
    package var usage: String
    /// Part of a sentence, for a line in a list.
    package var summary: String
    /// Paragraphs, parted by empty lines; lines that are indented are a table or examples.
    package var explanation: String
    /// Those of its own.
    package var options: [OptionForm]
    package var arguments: [ArgumentForm]
    /// The last argument may be there several times.
    package var isRepeating: Bool

    package init(
        word: String, alias: String? = nil, usage: String? = nil, summary: String, explanation: String,
        options: [OptionForm] = [], arguments: [ArgumentForm] = [], isRepeating: Bool = false
    ) {
        self.word = word
        self.alias = alias
        self.usage = usage ?? word
        self.summary = summary
        self.explanation = explanation
        self.options = options
        self.arguments = arguments
        self.isRepeating = isRepeating
    }

    /// Both words, where there are two.
    package var words: [String] { [word] + (alias.map { [$0] } ?? []) }

    /// What stands at that place, counted from 0; nil where nothing does.
    package func argument(at index: Int) -> ArgumentForm? {
        if index < arguments.count { return arguments[index] }
        return isRepeating ? arguments.last : nil
    }

    package func option(named name: String) -> OptionForm? {
        options.first { $0.names.contains(name) }
    }
}

/// An option: `--output PATH`, `-o PATH` or `--background`.
package struct OptionForm: Codable, Hashable, Sendable {
    /// With its hyphens.
    package var long: String
    /// One letter behind a hyphen.
    package var short: String?
    /// What stands behind it; nil for a flag.
    package var value: ArgumentForm?
    /// Part of a sentence.
    package var summary: String

    package init(_ long: String, _ short: String? = nil, value: ArgumentForm? = nil, summary: String) {
        self.long = long
        self.short = short
        self.value = value
        self.summary = summary
    }

    package var names: [String] { [long] + (short.map { [$0] } ?? []) }

    /// What a word like `--output=PATH` begins with, where it is this option; nil where it is not.
    package func start(of word: String) -> String? {
        let start = "\(long)="
        return value != nil && word.utf8.starts(with: start.utf8) ? start : nil
    }

    /// As help shows it.
    package var usage: String {
        names.reversed().joined(separator: ", ") + (value.map { " " + $0.name.uppercased() } ?? "")
    }
}

/// What an argument, or the value of an option, is called and what may stand for it.
package struct ArgumentForm: Codable, Hashable, Sendable {
    /// What there is to choose from.
    package enum Kind: String, Codable, Sendable {
        /// Something only who types knows.
        case text
        case file
        case folder
        /// A name that one has published oneself.
        case published
        /// A name that others have published.
        case found
        /// Either.
        case publication
        /// A download in the queue, or one of ``ArgumentForm/words``.
        case transfer
        /// Who is online.
        case member
        /// One that was joined from here.
        case network
        /// A command of the program.
        case command
        /// One of ``ArgumentForm/words``.
        case words
    }

    /// In small letters.
    package var name: String
    package var kind: Kind
    package var words: [String]

    package init(_ name: String, _ kind: Kind, words: [String] = []) {
        self.name = name
        self.kind = kind
        self.words = words
    }
}
