import ArgumentParser
import Glibc
import PeerNode
import Terminal
import Wire

/// `bittrickle forget SERVER`: the next contact is a first one.
struct ForgetCommand: OwnCommand {
    static let name = "forget"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle forget", abstract: "Forget the fingerprint of the network at an address.",
        discussion: """
            For a network that was set up anew: the next contact shows its fingerprint and asks, as the first one did. \
            Ask who runs the server whether it really was, before you forget.

            EXAMPLE
              bittrickle forget example.org:12000
            """)

    @Argument(help: ArgumentHelp("The address, as it was given to bittrickle: PORT or HOST:PORT.", valueName: "server"))
    var server: String

    func run() async throws {
        let address: HostPort
        do { address = try ServerTarget(server, fingerprint: nil).server } catch { throw Refusal(Message(error)) }
        guard let folder = NodeConfiguration.standardStateDirectory(environment: Environment.all) else {
            throw Refusal(.noStateFolder)
        }
        do {
            let wasKnown = try await KnownNetworks(stateDirectory: folder).forget(address) != nil
            let wasJoined = try await JoinedNetworks(stateDirectory: folder).forget(address)
            guard wasKnown || wasJoined else { throw Refusal(.nothingToForget(address)) }
            try ClientCommand.say("The network at \(address) is forgotten.")
        } catch let failure as StateFileFailure {
            throw Refusal(.stateUnusable(failure.path, reason: failure.reason))
        }
    }
}
