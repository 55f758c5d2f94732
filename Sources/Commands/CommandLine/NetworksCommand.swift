import ArgumentParser
import PeerNode
import Terminal
import Wire

/// `bittrickle networks`: the networks that were joined from here.
struct NetworksCommand: OwnCommand {
    static let name = "networks"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle networks", abstract: "List the networks that you joined, the one that is meant first.",
        discussion: """
            bittrickle without an address means the first. With --prefer another one becomes the first.

            EXAMPLE
              bittrickle networks --prefer example.org:12000
            """)

    @Option(help: ArgumentHelp("The network at this address is meant from now on.", valueName: "server"))
    var prefer: String?

    @Flag(help: "Answer with an object a line, for programs.")
    var json = false

    func run() async throws {
        do {
            let networks = try Self.networks()
            if let prefer {
                let server: HostPort
                do { server = try ServerTarget(prefer, fingerprint: nil).server } catch {
                    throw Refusal(Message(error))
                }
                guard let network = try await networks.all().first(where: { $0.server.key == server.key }) else {
                    throw Refusal(.notJoined(server))
                }
                try await networks.prefer(network)
            }
            let all = try await networks.all()
            guard !all.isEmpty else { throw Refusal(.joinedNone) }
            for (index, network) in all.enumerated() {
                let record = Record.network(
                    .init(server: "\(network.server)", user: network.user.text, isPreferred: index == 0))
                try ClientCommand.say(json ? record.line : "\(network.server) \(SafeText(network.user.text))")
            }
        } catch let failure as StateFileFailure {
            throw Refusal(.stateUnusable(failure.path, reason: failure.reason))
        }
    }

    static func networks() throws -> JoinedNetworks {
        guard let folder = NodeConfiguration.standardStateDirectory(environment: Environment.all) else {
            throw Refusal(.noStateFolder)
        }
        return JoinedNetworks(stateDirectory: folder)
    }
}
