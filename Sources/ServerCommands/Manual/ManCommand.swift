import ArgumentParser
import Terminal

/// `bittrickle-server man`: the manual.
struct ManCommand: WordCommand {
    static let name = "man"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server man", abstract: "Print the page of the manual, or that of a command.",
        discussion: """
            As man reads it: packages keep it where man looks.

            EXAMPLES
              bittrickle-server man | man -l -
              bittrickle-server man invite | man -l -
              bittrickle-server man > /usr/local/share/man/man8/bittrickle-server.8
            """)

    @Argument(help: "The command; without one, the page has all.")
    var command: String?

    func run() async throws {
        let program = ServerForm.program
        guard let command else { return print(ManualPage(of: program).text, terminator: "") }
        guard let form = program.command(command) else {
            let words = program.commands.map(\.word).joined(separator: ", ")
            throw ValidationError("There is no command \(SafeText(command)): there are \(words).")
        }
        print(ManualPage(of: form, in: program).text, terminator: "")
    }
}
