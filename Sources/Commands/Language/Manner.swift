package import Terminal

/// How somebody wants to be answered: the options that every command takes.
package struct Manner: Hashable, Sendable {
    /// An object a line, for programs.
    package var isJSON = false
    /// Nothing but lists and failures.
    package var isQuiet = false
    /// How often more was asked for.
    package var verbosity = 0
    /// Questions are answered already.
    package var isAgreed = false

    package init() {}

    package static let options = [
        OptionForm("--json", summary: "answer with an object a line, for programs"),
        OptionForm("--quiet", "-q", summary: "say nothing but lists and failures"),
        OptionForm("--verbose", "-v", summary: "say more; twice, still more"),
        OptionForm("--yes", "-y", summary: "answer every question with yes"),
    ]

    /// False where it is none of these options.
    mutating func take(_ word: String) -> Bool {
        if let short = Self.severalShort(in: word) {
            for option in short { _ = take(option) }
            return true
        }
        switch Self.options.first(where: { $0.names.contains(word) })?.long {
        case "--json": isJSON = true
        case "--quiet": isQuiet = true
        case "--verbose": verbosity += 1
        case "--yes": isAgreed = true
        default: return false
        }
        return true
    }

    /// `-yq` is `-y -q`. Nil where it is not that, as where a letter is none of these options.
    private static func severalShort(in word: String) -> [String]? {
        guard word.count > 2, word.hasPrefix("-") else { return nil }
        let short = word.dropFirst().map { "-\($0)" }
        return short.allSatisfy { name in options.contains { $0.names.contains(name) } } ? short : nil
    }

    static func help(columns: Int) -> [String] {
        ["Every command also takes:"]
            + TextLayout.table(options.map { TextLayout.Row(left: $0.usage, right: $0.summary) }, columns: columns)
    }
}
