/// A program and its commands: what its manual and the completion in shells are made of.
package struct ProgramForm: Sendable {
    package var name: String
    /// Part of a sentence, or one.
    package var summary: String
    /// Lines.
    package var usage: String
    /// As ``CommandForm/explanation``; lines in capitals head what follows.
    package var explanation: String
    package var version: String
    /// Of the manual: 1 for what everybody uses, 8 for what who runs a machine does.
    package var section: Int
    /// Of the program without a command.
    package var options: [OptionForm]
    /// Which options may stand before a command as well as behind it.
    package var leading: [OptionForm]
    package var groups: [FormGroup]

    package init(
        name: String, summary: String, usage: String, explanation: String, version: String, section: Int = 1,
        options: [OptionForm], leading: [OptionForm] = [], groups: [FormGroup]
    ) {
        self.name = name
        self.summary = summary
        self.usage = usage
        self.explanation = explanation
        self.version = version
        self.section = section
        self.options = options
        self.leading = leading
        self.groups = groups
    }

    package var commands: [CommandForm] { groups.flatMap(\.commands) }

    package func command(_ word: String) -> CommandForm? { commands.first { $0.words.contains(word) } }

    /// What every program and every command takes.
    package static let help = OptionForm("--help", "-h", summary: "explain it")
}

/// Commands of a kind.
package struct FormGroup: Sendable {
    /// Over their list.
    package var title: String
    package var commands: [CommandForm]
    /// What each of them takes beside its own options.
    package var common: [OptionForm]

    package init(_ title: String, _ commands: [CommandForm], common: [OptionForm] = []) {
        self.title = title
        self.commands = commands
        self.common = common
    }
}
