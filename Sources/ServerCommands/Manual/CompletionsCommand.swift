import ArgumentParser
import Terminal

/// `bittrickle-server completions SHELL`: the Tab key on the command line.
struct CompletionsCommand: WordCommand {
    static let name = "completions"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server completions",
        abstract: "Print what makes a shell complete commands and options.",
        discussion: """
            EXAMPLES
              bash, for now and for each one that begins:
                source <(bittrickle-server completions bash)
                bittrickle-server completions bash > ~/.local/share/bash-completion/completions/bittrickle-server
              zsh, in a folder of its fpath:
                bittrickle-server completions zsh > ~/.zfunc/_bittrickle-server
              fish:
                bittrickle-server completions fish > ~/.config/fish/completions/bittrickle-server.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: ShellName

    func run() async throws {
        print(CompletionScript(for: ServerForm.program, in: shell.shell).text, terminator: "")
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
