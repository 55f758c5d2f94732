import ArgumentParser
import DirectoryServer
import Relay
import Terminal

/// `bittrickle-server relay`: on a machine without a server.
struct RelayCommand: WordCommand {
    static let name = "relay"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server relay",
        abstract: "Carry connections between members who cannot reach each other, on a machine of its own.",
        discussion: """
            Needs the network's certificate and nothing else: network.pem of the server's state folder, which is no secret. What \
            it carries is encrypted between the two members, and it lets nobody in without a ticket of the network's \
            server. Tell that one of it with --relays. Its clock must be right.

            EXAMPLES
              On the server, then on the machine of the relay:
                scp /var/lib/bittrickle-server/network.pem relay.example.org:
                bittrickle-server relay 12001 --certificate network.pem
              And on the server again:
                bittrickle-server 12000 --relays relay.example.org:12001
            """)

    @Argument(help: "The TCP port; 0 takes any free one.")
    var port: Int

    @Option(help: ArgumentHelp("The network's certificate.", valueName: "file"))
    var certificate: String

    @Option(help: ArgumentHelp("Listen on this address alone, instead of all of this machine's.", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("How many connections at the same time.", valueName: "number"))
    var pairs = RelayLimits().pairs

    @Option(help: ArgumentHelp("How much a second for one member, such as 25MB, or none.", valueName: "rate"))
    var rate = ByteLimit(RelayLimits().rate)

    @Option(help: ArgumentHelp("How much a day for one member, such as 100GB, or none.", valueName: "bytes"))
    var quota = ByteLimit(RelayLimits().quota)

    @Option(
        help: ArgumentHelp(
            "Serve /metrics for Prometheus, /health and /ready there, over HTTP: without a host on loopback.",
            valueName: "[host:]port"))
    var metrics: MetricsAddress?

    @Option(help: ArgumentHelp("From which level on events are logged, to standard error.", valueName: "level"))
    var logLevel = EventLevel.info

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("\(port) is no port: give a number from 0 to 65535.")
        }
        try ServerSettings.expect("pairs", pairs, in: RelayPlan.pairs)
    }

    func run() async throws {
        let plan = RelayPlan(
            ListenAddress(host: host, port: port), pairs: pairs, rate: rate.bytes, quota: quota.bytes)
        let code = await RelayProgram(
            plan: plan, certificatePath: certificate, metrics: metrics, logLevel: logLevel
        ).run()
        guard code == .ended else { throw code.exitCode }
    }
}
