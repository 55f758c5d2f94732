import ArgumentParser
import Glibc
import NodeControl
import PeerNode
import Terminal
import Wire

/// `bittrickle daemon`: the node that stays.
struct DaemonCommand: OwnCommand {
    static let name = "daemon"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle daemon",
        abstract: "Stay in a network that was joined: share, and go on with downloads, until it is told to end.",
        discussion: """
            All other commands then use its connection and end at once. It logs in by itself, waits for a server that is \
            away, and ends on Ctrl-C, on SIGTERM (with exit code 0, as services do), or when the account is taken away. \
            bittrickle web shows its page. Of several networks each may have one at the same time: say which with --network.

            EXAMPLES
              bittrickle daemon
              bittrickle daemon --downloads ~/Films
              bittrickle daemon --network example.org:12000
              bittrickle daemon --port 4001
              systemctl --user enable --now bittrickle
            """)

    @OptionGroup var networks: NetworkOptions

    @Option(
        help: ArgumentHelp(
            "Where files go that are fetched from the page, in place of what config downloads says.",
            valueName: "folder"))
    var downloads: String?

    @Option(
        help: ArgumentHelp(
            "The TCP port on which others reach this computer, in place of what config port says; 0 for any.",
            valueName: "port"))
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The port of the page on this computer, in place of what config web-port says; 0 for any.",
            valueName: "port"))
    var webPort: Int?

    @Option(help: ArgumentHelp("From which level on events are logged, to standard error.", valueName: "level"))
    var logLevel = LogLevel.warning

    func validate() throws {
        guard [port, webPort].allSatisfy({ SettingKey.portRange.contains($0 ?? 0) }) else {
            throw ValidationError("Ports are numbers from 1 to 65535.")
        }
    }

    func run() async throws {
        var given: [SettingKey: String] = [:]
        given[.downloads] = try Self.folder(downloads)
        given[.port] = port.map { "\($0)" }
        given[.webPort] = webPort.map { "\($0)" }
        let program = DaemonProgram(
            network: networks.network, given: given, level: logLevel.level, page: nil)
        throw ExitCode(try await program.run().rawValue)
    }

    private static func folder(_ given: String?) throws -> String? {
        guard let given else { return nil }
        if given.hasPrefix("/") { return given }
        guard let here = Environment.workingDirectory else { throw Refusal(.noWorkingFolder) }
        return "\(here)/\(given)"
    }
}
