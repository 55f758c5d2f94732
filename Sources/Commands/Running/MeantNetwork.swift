import PeerNode
import Terminal
import Wire

/// The network that a command line is about, and as whom: one that was joined from here.
struct MeantNetwork: Sendable {
    /// Names it where no option does.
    static let variable = "BITTRICKLE_NETWORK"

    let network: JoinedNetwork
    /// The state directory.
    let state: String

    var target: ServerTarget { ServerTarget(NetworkLink(server: network.server, pin: network.pin)) }

    /// As other command lines name it.
    var name: String { NetworkName.text(of: network.user, at: network.server) }

    func localNode() -> LocalNode {
        LocalNode(stateDirectory: state, network: network.pin, member: network.user)
    }

    /// - Parameter name: As the option has it; nil for what the environment says, or else the first in the list.
    static func find(_ name: String?) async throws -> MeantNetwork {
        guard let network = try await findJoined(name) else { throw Refusal(.joinedNone) }
        return network
    }

    /// The same; nil where none was joined.
    static func findJoined(_ name: String?) async throws -> MeantNetwork? {
        let environment = Environment.all
        guard let state = NodeConfiguration.standardStateDirectory(environment: environment) else {
            throw Refusal(.noStateFolder)
        }
        do {
            let joined = try await JoinedNetworks(stateDirectory: state).all()
            guard !joined.isEmpty, let network = try meant(name, environment, among: joined) else { return nil }
            return Self(network: network, state: state)
        } catch let failure as StateFileFailure {
            throw Refusal(.stateUnusable(failure.path, reason: failure.reason))
        } catch let fault as NetworkName.Fault {
            throw Refusal(Message(fault, from: name == nil ? variable : nil))
        }
    }

    /// Nil where none is named and none was joined.
    static func meant(
        _ name: String?, _ environment: [String: String], among joined: [JoinedNetwork]
    ) throws(NetworkName.Fault) -> JoinedNetwork? {
        guard let named = name ?? environment[variable].flatMap({ $0.isEmpty ? nil : $0 }) else { return joined.first }
        return try NetworkName(named).meant(among: joined)
    }
}
