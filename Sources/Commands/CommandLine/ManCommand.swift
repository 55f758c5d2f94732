import ArgumentParser
import Terminal

/// `bittrickle man`: the manual.
struct ManCommand: OwnCommand {
    static let name = "man"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle man", abstract: "Print the page of the manual, or that of a command.",
        discussion: """
            As man reads it: packages keep it where man looks.

            EXAMPLES
              bittrickle man | man -l -
              bittrickle man get | man -l -
              bittrickle man > ~/.local/share/man/man1/bittrickle.1
            """)

    @Argument(help: "The command; without one, the page has all.")
    var command: String?

    func run() async throws {
        let program = Program.form
        guard let command else {
            return try ClientCommand.say(ManualPage(of: program).text, isWhole: true)
        }
        guard let form = program.command(command) else {
            throw Refusal(
                Misunderstanding.unknownCommand(command, nearest: Nearest.choice(to: command, among: Program.words))
                    .message)
        }
        try ClientCommand.say(ManualPage(of: form, in: program).text, isWhole: true)
    }
}
