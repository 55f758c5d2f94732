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
            Ask who runs the server whether it really was, before you forget. Whoever you are there is taken off the list \
            of bittrickle networks; MEMBER@HOST:PORT takes that one off alone.

            EXAMPLES
              bittrickle forget example.org:12000
              bittrickle forget vader@example.org:12000
            """)

    @Argument(
        help: ArgumentHelp(
            "The address, as it was given to bittrickle, PORT or HOST:PORT; or as bittrickle networks lists it.",
            valueName: "network"))
    var named: String

    func run() async throws {
        guard let folder = NodeConfiguration.standardStateDirectory(environment: Environment.all) else {
            throw Refusal(.noStateFolder)
        }
        do {
            let networks = JoinedNetworks(stateDirectory: folder)
            let joined = try await networks.all()
            if NetworkName(named).namesMember {
                let network = try NetworkName(named).meant(among: joined)
                try await networks.remove(network)
                Self.forgetNames(of: [network], besides: try await networks.all(), in: folder)
                // Others whom the user is there still know the network by it.
                if !joined.contains(where: { $0 != network && $0.server.key == network.server.key }) {
                    try await KnownNetworks(stateDirectory: folder).forget(network.server)
                }
                return try ClientCommand.say(
                    "\(SafeText(network.user.text)) in the network at \(network.server) is forgotten.", isLaidOut: true)
            }
            let address = try address(among: joined)
            let known = try await KnownNetworks(stateDirectory: folder).forget(address)
            if let known { try await NetworkServers(stateDirectory: folder).forget(known) }
            let wasJoined = try await networks.forget(address)
            guard known != nil || wasJoined else { throw Refusal(.nothingToForget("\(address)")) }
            Self.forgetNames(
                of: joined.filter { $0.server.key == address.key }, besides: try await networks.all(), in: folder)
            try ClientCommand.say("The network at \(address) is forgotten.", isLaidOut: true)
        } catch let fault as NetworkName.Fault {
            throw Refusal(Message(fault))
        } catch let failure as StateFileFailure {
            throw Refusal(.stateUnusable(failure.path, reason: failure.reason))
        }
    }

    /// What the Tab key offers of them, though not of who is the same member at another address.
    private static func forgetNames(of gone: [JoinedNetwork], besides left: [JoinedNetwork], in folder: String) {
        for network in gone where !left.contains(where: { $0.pin == network.pin && $0.user == network.user }) {
            NamesFile(of: network, state: folder).remove()
        }
    }

    /// Also one that was trusted and never joined, or that several have joined at.
    private func address(among joined: [JoinedNetwork]) throws -> HostPort {
        do throws(AddressError) { return try ServerTarget(named, fingerprint: nil).server } catch {
            do throws(NetworkName.Fault) { return try NetworkName(named).meant(among: joined).server } catch let fault {
                switch fault {
                case .unknown:
                    if case .missingPort = error { throw Refusal(.nothingToForget(named)) }
                    throw Refusal(Message(error))
                case .ambiguous(_, let found):
                    guard Set(found.map(\.server.key)).count == 1 else { throw fault }
                    return found[0].server
                }
            }
        }
    }
}
