import ArgumentParser
import ControlAPI
import PeerNode
import Terminal
import Wire

/// `bittrickle web`: the page of the node, in a browser.
struct WebCommand: OwnCommand {
    static let name = "web"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle web", abstract: "Open the page of this computer's bittrickle in a browser.",
        discussion: """
            The page is that of bittrickle daemon. Where none is running this command is one, until Ctrl-C, but for --print, \
            which ends at once. With the name of a publication it is that alone, for a browser or a player: it plays while it \
            arrives.

            EXAMPLES
              bittrickle web
              mpv "$(bittrickle web --print holiday.mkv)"
            """)

    @Argument(help: ArgumentHelp("A file that is published, or shared, in place of the page.", valueName: "name"))
    var file: String?

    @Flag(name: .customLong("print"), help: "Only print the address; whoever has it can use the page, or get the file.")
    var onlyPrints = false

    @OptionGroup var networks: NetworkOptions

    func run() async throws {
        let network = try await networks.meant()
        let running = RunningNode(local: network.localNode(), workingFolder: "/")
        let page = WebPage(isOpened: !onlyPrints, network.state, of: networks.network, file: file)
        switch await running.find() {
        case .there(let node):
            let address = try? await node.webAddress()
            await node.leave()
            guard let address else { throw Refusal(.noPage(networks.network)) }
            try page.show(address)
        case .hung(let process): throw Refusal(.programHung(network.network.user.text, process: process))
        case .nobody:
            // Whoever wants the address waits for the end of what prints it.
            guard !onlyPrints else { throw Refusal(.noDaemon(networks.network)) }
            let program = DaemonProgram(
                network: networks.network, given: [:], level: LogLevel.warning.level, page: page)
            throw ExitCode(try await program.run().rawValue)
        }
    }
}
