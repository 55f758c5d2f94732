import PeerNode
import Wire

/// The network that is meant where none is named.
struct PreferredNetwork: Sendable {
    let network: JoinedNetwork
    /// The state directory.
    let state: String

    var target: ServerTarget { ServerTarget(NetworkLink(server: network.server, pin: network.pin)) }

    func localNode() -> LocalNode {
        LocalNode(stateDirectory: state, network: network.pin, member: network.user)
    }
}
