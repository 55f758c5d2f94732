import Glibc
import Library
import Wire

/// Forgets all that is kept of a network that was left: what belongs to the member, where its node is found, and the
/// network itself where nobody else of this computer's user is a member there.
package struct LeftNetwork: Sendable {
    private let network: JoinedNetwork
    private let stateDirectory: String

    package init(_ network: JoinedNetwork, stateDirectory: String) {
        self.network = network
        self.stateDirectory = stateDirectory
    }

    @concurrent
    package func forget() async throws(StateFileFailure) {
        do throws(FileFailure) {
            try MemberFolder.remove(base: stateDirectory, network: network.pin, member: network.user)
        } catch {
            throw StateFileFailure(error)
        }
        LocalNode(stateDirectory: stateDirectory, network: network.pin, member: network.user).clearSocket()
        let joined = JoinedNetworks(stateDirectory: stateDirectory)
        try await joined.remove(network)
        if try await !joined.all().contains(where: { $0.pin == network.pin }) {
            try await NetworkServers(stateDirectory: stateDirectory).forget(network.pin)
        }
        guard try await !joined.all().contains(where: { $0.server.key == network.server.key }) else { return }
        try await KnownNetworks(stateDirectory: stateDirectory).forget(network.server)
    }
}
