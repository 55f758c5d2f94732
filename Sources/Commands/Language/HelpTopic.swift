import Terminal

/// What help can be asked for.
package enum HelpTopic: Hashable, Sendable {
    case verb(Verb)
    /// One of the program's own commands, which the shell does not take.
    case own(String)

    init(word: String) throws(Misunderstanding) {
        if let verb = Verb(word: word) {
            self = .verb(verb)
        } else if let own = Program.own.first(where: { $0.name == word }) {
            self = .own(own.name)
        } else {
            throw .unknownCommand(word, nearest: Nearest.command(to: word, among: Program.words))
        }
    }

    /// What `help` says, laid out for a window of this width.
    package static func overview(columns: Int) -> String {
        let rows = Verb.allCases.map { TextLayout.Row(left: $0.form.usage, right: $0.form.summary) }
        let aliases = Verb.allCases.compactMap { verb in verb.form.alias.map { "\($0) is \(verb)" } }
        let own = Program.own.compactMap { $0.form }.map { TextLayout.Row(left: $0.word, right: $0.summary) }
        let rest =
            "Shorter: \(aliases.joined(separator: ", ")). "
            + "Names with spaces go in quotes. Ctrl-C stops the running command, Ctrl-D leaves."
        return
            (TextLayout.table(rows, columns: columns) + [""] + TextLayout.paragraph(rest, columns: columns) + [""]
            + TextLayout.paragraph("On the command line, behind bittrickle, there are also:", columns: columns)
            + TextLayout.table(own, columns: columns) + [""]
            + Manner.help(columns: columns) + [""] + StartOptions.help(columns: columns))
            .joined(separator: "\n")
    }

    /// What `help` and `help COMMAND` answer.
    static func explanation(_ topic: HelpTopic?, _ manner: Manner, columns: Int) -> String {
        if manner.isJSON {
            return (topic.map { [$0] } ?? all).compactMap(\.form).map { Record.command($0).line }
                .joined(separator: "\n")
        }
        return switch topic {
        case nil: overview(columns: columns)
        case .verb(let verb): verb.page(columns: columns)
        case .own(let word): Program.own.first { $0.name == word }?.page(columns: columns) ?? ""
        }
    }

    private static var all: [HelpTopic] { Verb.allCases.map(Self.verb) + Program.own.map { .own($0.name) } }

    private var form: CommandForm? {
        switch self {
        case .verb(let verb): verb.form
        case .own(let word): Program.own.first { $0.name == word }?.form
        }
    }
}
