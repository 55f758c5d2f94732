import ArgumentParser
import PeerNode
import Terminal

/// `bittrickle completions SHELL`: the Tab key on the command line.
struct CompletionsCommand: OwnCommand {
    static let name = "completions"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle completions",
        abstract: "Print what makes a shell complete commands, options and names.",
        discussion: """
            Names are those that are published from here, and those that the last search found; networks those that were \
            joined.

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

    static func answer(_ arguments: [String], environment: [String: String]) async -> String {
        let question = CompletionQuestion(arguments)
        var joined: [JoinedNetwork] = []
        var names: NamesFile?
        if let state = NodeConfiguration.standardStateDirectory(environment: environment) {
            joined = (try? await JoinedNetworks(stateDirectory: state).all()) ?? []
            let named = question.value(of: StartOptions.network)
            let meant = try? MeantNetwork.meant(named, environment, among: joined)
            names = meant.map { NamesFile(of: $0, state: state) }
        }
        let kept = names
        return question.answer(among: Program.groups, leading: StartOptions.all) { form in
            if form.kind == .command { return Program.words }
            var sources = Completion.Sources(kept?.load() ?? Names.Kept())
            sources.networks = joined.map { NetworkName.text(of: $0, among: joined) }
            return sources.choices(form, beginning: question.typed)
        }.text
    }
}
