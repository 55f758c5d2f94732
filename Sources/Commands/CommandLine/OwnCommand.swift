import ArgumentParser
package import Terminal

/// A command of the program itself, which needs no login.
protocol OwnCommand: AsyncParsableCommand {
    /// As it is typed.
    static var name: String { get }
}

extension ParsableCommand {
    /// What `--help` says, laid out for a window of this width.
    static func page(columns: Int) -> String {
        HelpText.laidOut(helpMessage(includeHidden: false, columns: HelpText.unbroken), columns: columns)
    }
}

extension OwnCommand {
    static var form: CommandForm? { CommandForm(dumped: _dumpHelp(), word: name) }
}

/// All that `bittrickle` may be told, in one form.
package enum Program {
    static let own: [any OwnCommand.Type] = [
        JoinCommand.self, DaemonCommand.self, WebCommand.self, NetworksCommand.self, LeaveCommand.self,
        ForgetCommand.self,
        CompletionsCommand.self, ManCommand.self,
    ]

    static let words = Verb.words + own.map { $0.name }

    /// Without the shell's own `xit`.
    static var groups: [FormGroup] {
        var verbs = Verb.group
        verbs.common.append(StartOptions.network)
        verbs.commands.removeAll { $0.word == Verb.xit.rawValue }
        return [verbs, FormGroup("Commands of the program", own.compactMap { $0.form })]
    }

    package static var form: ProgramForm {
        let configuration = ClientCommand.configuration
        return ProgramForm(
            name: "bittrickle", summary: configuration.abstract, usage: configuration.usage ?? "",
            explanation: configuration.discussion, version: configuration.version,
            options: DumpedForm(ClientCommand._dumpHelp())?.options ?? [], leading: StartOptions.all, groups: groups)
    }

    /// Where a word is no server, but nearly a command.
    static func misspelt(_ word: String) -> Misunderstanding? {
        guard word.first?.isLetter == true, word.allSatisfy({ $0.isLetter || $0 == "-" }), word != Verb.xit.rawValue,
            let nearest = Nearest.command(to: word, among: words)
        else { return nil }
        return .unknownCommand(word, nearest: nearest)
    }
}
