import ArgumentParser
import Glibc
import PeerNode
import Terminal
import Wire

/// `bittrickle networks`: the networks that were joined from here.
struct NetworksCommand: OwnCommand {
    static let name = "networks"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle networks", abstract: "List the networks that you joined, the one that is meant first.",
        discussion: """
            bittrickle and its commands mean the first where none is named; with --prefer another one becomes the first. \
            For one command the option --network names another, by what stands in the list, or by MEMBER@HOST:PORT where you \
            are several members there; for all that a shell starts, BITTRICKLE_NETWORK does in the environment.

            With --nearby it asks on the local network which ones have a server there, and says which of them you know. Anybody \
            there can answer: compare the fingerprint at the first contact.

            EXAMPLES
              bittrickle networks --prefer example.org:12000
              bittrickle --network example.org:12000 search jazz
            """)

    @Option(help: ArgumentHelp("This one is meant from now on where none is named.", valueName: "network"))
    var prefer: String?

    @Flag(help: "List those that answer on the local network instead.")
    var nearby = false

    @Flag(help: "Answer with an object a line, for programs.")
    var json = false

    func validate() throws {
        guard !nearby || prefer == nil else {
            throw ValidationError("--nearby lists, and --prefer chooses: use one of them.")
        }
    }

    func run() async throws {
        do {
            if nearby { return try await listNearby() }
            let networks = try Self.networks()
            if let prefer {
                let joined = try await networks.all()
                guard !joined.isEmpty else { throw Refusal(.joinedNone) }
                try await networks.prefer(NetworkName(prefer).meant(among: joined))
            }
            let all = try await networks.all()
            guard !all.isEmpty else { throw Refusal(.joinedNone) }
            try ClientCommand.say((json ? Self.records(of: all) : Self.table(of: all)).joined(separator: "\n"))
            if !json, let variable = Environment.all[MeantNetwork.variable], !variable.isEmpty {
                ClientCommand.remark(Message.networkOfEnvironment(variable))
            }
        } catch let fault as NetworkName.Fault {
            throw Refusal(Message(fault))
        } catch let failure as StateFileFailure {
            throw Refusal(.stateUnusable(failure.path, reason: failure.reason))
        }
    }

    private func listNearby() async throws {
        let found = try await NearbyNetworks(stateDirectory: Self.folder()).find()
        guard !found.isEmpty else { throw Refusal(.noneNearby) }
        let lines = NearbyList.lines(of: found, isJSON: json, width: Self.width)
        try ClientCommand.say(lines.joined(separator: "\n"))
    }

    private static func records(of all: [JoinedNetwork]) -> [String] {
        all.enumerated().map { index, network in
            Record.network(
                .init(
                    server: "\(network.server)", user: network.user.text, isPreferred: index == 0,
                    fingerprint: "\(network.pin)")
            ).line
        }
    }

    private static func table(of all: [JoinedNetwork]) -> [String] {
        DialogueLines.networks(all, width: width)
    }

    private static var width: Int? {
        TerminalDevice.outputIsTerminal ? TerminalDevice.columns(of: STDOUT_FILENO) : nil
    }

    private static func networks() throws -> JoinedNetworks { JoinedNetworks(stateDirectory: try folder()) }

    private static func folder() throws -> String {
        guard let folder = NodeConfiguration.standardStateDirectory(environment: Environment.all) else {
            throw Refusal(.noStateFolder)
        }
        return folder
    }
}
