import ArgumentParser
import PeerNode
import Terminal
import Wire

/// `bittrickle leave`: is no member from this computer any more.
struct LeaveCommand: OwnCommand {
    static let name = "leave"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle leave", abstract: "Leave a network, on this computer.",
        discussion: """
            Signs this computer out, shares nothing from it any more, and forgets what was kept for the network: the login, \
            the record of what is shared, downloads that are not finished, saved searches, settings. A daemon that runs \
            ends. Files that were downloaded or published stay where they are. Your account stays, too, and what you have \
            published stays yours, though nobody gets it from here; with --unpublish it is withdrawn. You come back with: \
            bittrickle HOST:PORT

            EXAMPLES
              bittrickle leave
              bittrickle leave example.org:12000 --unpublish --yes
            """)

    @Argument(
        help: ArgumentHelp(
            "Which, as bittrickle networks lists it; without one, the network that is meant where none is named.",
            valueName: "network"))
    var named: String?

    @OptionGroup var networks: NetworkOptions

    @Flag(help: "Withdraw all that you have published.")
    var unpublish = false

    @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
    var yes = false

    func validate() throws {
        guard named == nil || networks.network == nil else { throw ValidationError("Name the network once.") }
    }

    func run() async throws {
        let network = try await MeantNetwork.find(named ?? networks.network)
        let (user, address) = (SafeText(network.network.user.text), network.network.server)
        if !yes {
            guard TerminalDevice.inputIsTerminal else { throw Refusal(.leavingUnasked) }
            ClientCommand.remark(
                "Leave \(address), where you are \(user)\(unpublish ? ", and withdraw what you published" : "")? [y/N]",
                end: " ")
            guard ["y", "yes"].contains(readLine()?.lowercased()) else {
                throw ExitCode(ExitStatus.commandFailed.rawValue)
            }
        }
        try await LeaveProgram(network: network, unpublishes: unpublish).run()
        try ClientCommand.say(
            "You have left \(address) on this computer. The account \(user) stays: bittrickle \(address) takes you back.",
            isLaidOut: true)
    }
}
