import ArgumentParser
package import Terminal

/// A command that is a word behind `bittrickle-server`.
protocol WordCommand: AsyncParsableCommand {
    static var name: String { get }
}

extension WordCommand {
    static var form: CommandForm? { CommandForm(dumped: _dumpHelp(), word: name) }
}

/// All that `bittrickle-server` may be told, in one form.
package enum ServerForm {
    static let commands: [any WordCommand.Type] = administrative + maintaining + elsewhere + own

    private static let administrative: [any WordCommand.Type] = [
        InviteCommand.self, UsersCommand.self, SessionsCommand.self, PublicationsCommand.self, GroupsCommand.self,
    ]

    private static let maintaining: [any WordCommand.Type] = [
        BackupCommand.self, RestoreCommand.self, CheckCommand.self, MigrateCommand.self,
    ]

    private static let elsewhere: [any WordCommand.Type] = [RelayCommand.self]

    private static let own: [any WordCommand.Type] = [ManCommand.self, CompletionsCommand.self]

    private static var groups: [FormGroup] {
        [
            FormGroup("Commands to a server that runs", administrative.compactMap { $0.form }),
            FormGroup("Commands on a state folder", maintaining.compactMap { $0.form }),
            FormGroup("Commands on further machines", elsewhere.compactMap { $0.form }),
            FormGroup("Commands of the program", own.compactMap { $0.form }),
        ]
    }

    package static var program: ProgramForm {
        let configuration = ServerCommand.configuration
        let usage = configuration.usage ?? ""
        return ProgramForm(
            name: "bittrickle-server", summary: configuration.abstract,
            usage: ([usage] + groups.flatMap(\.commands).map { "bittrickle-server \($0.word) [options]" })
                .joined(separator: "\n"),
            explanation: configuration.discussion, version: configuration.version, section: 8,
            options: DumpedForm(ServerCommand._dumpHelp())?.options ?? [], groups: groups)
    }

    /// What the scripts of ``CompletionsCommand`` ask: no server is asked for it.
    static func completion(_ arguments: [String]) -> String {
        CompletionQuestion(arguments).answer(among: groups) { form in
            form.kind == .command ? commands.map { $0.name } : form.words
        }.text
    }
}
