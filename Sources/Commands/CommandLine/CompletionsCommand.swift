import ArgumentParser
import Terminal

/// `bittrickle completions SHELL`: the Tab key on the command line.
struct CompletionsCommand: OwnCommand {
    static let name = "completions"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle completions",
        abstract: "Print what makes a shell complete commands, options and names.",
        discussion: """
            Names are those that are published from here, and those that the last search found.

            EXAMPLES
              bash, for now and for each one that begins:
                source <(bittrickle completions bash)
                bittrickle completions bash > ~/.local/share/bash-completion/completions/bittrickle
              zsh, in a folder of its fpath:
                bittrickle completions zsh > ~/.zfunc/_bittrickle
              fish:
                bittrickle completions fish > ~/.config/fish/completions/bittrickle.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: ShellName

    func run() async throws {
        try ClientCommand.say(CompletionScript(for: Program.form, in: shell.shell).text, isWhole: true)
    }
}

enum ShellName: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    var shell: CompletionScript.Shell {
        switch self {
        case .bash: .bash
        case .zsh: .zsh
        case .fish: .fish
        }
    }
}

/// `bittrickle complete`, which the scripts of ``CompletionsCommand`` ask: it is quick, and asks no server.
enum CompleteCommand {
    static let name = CompletionQuestion.command

    static func answer(_ arguments: [String], environment: [String: String]) -> String {
        let question = CompletionQuestion(arguments)
        return question.answer(among: Program.groups) { form in
            if form.kind == .command { return Program.words }
            return Completion.Sources(NamesFile.standard(environment: environment)?.load() ?? Names.Kept())
                .choices(form, beginning: question.typed)
        }.text
    }
}
