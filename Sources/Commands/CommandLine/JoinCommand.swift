import ArgumentParser
import Terminal
import Wire

/// `bittrickle join LINK`: becomes a member of a network.
struct JoinCommand: OwnCommand {
    static let name = "join"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle join", abstract: "Join a network that you were invited to.",
        discussion: """
            Asks for a name and a password of your own. From then on bittrickle, without an address, is your way into that \
            network, and bittrickle COMMAND carries out one command there; neither asks for the password on this computer.
            From a pipe, the first line is the name, the second the password; that may also stand in a file, or in the \
            environment as BITTRICKLE_PASSWORD.

            EXAMPLE
              bittrickle join bittrickle://example.org:12000/FINGERPRINT/SECRET
            """)

    @Argument(
        help: ArgumentHelp("The invitation, as whoever runs the server gave it to you.", valueName: "link"))
    var link: String

    @OptionGroup var secrets: SecretOptions

    func run() async throws {
        let invite: InviteLink
        do { invite = try InviteLink(parsing: link) } catch { throw Refusal(Message(error)) }
        let target = ServerTarget(invite.network)
        let program = ClientProgram(
            target: target, level: LogLevel.error.level, errand: .join(invite.secret), given: try secrets.given())
        throw ExitCode(await program.run().rawValue)
    }
}
