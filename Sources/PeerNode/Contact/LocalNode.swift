import Content
import Crypto
import Glibc
import Library
package import Wire

/// Where the programs of one computer's user find the one that is a member at the moment.
package struct LocalNode: Sendable {
    private let stateDirectory: String
    private let network: NetworkPin
    private let member: UserName

    package init(stateDirectory: String, network: NetworkPin, member: UserName) {
        self.stateDirectory = stateDirectory
        self.network = network
        self.member = member
    }

    /// The Unix socket on which it answers. Not in the member's folder: the system takes about a hundred bytes of a path.
    package var socket: String {
        let hash = SHA256.hash(data: Array("\(network) \(member)".utf8))
        return "\(stateDirectory)/\(Array(hash.prefix(8)).hex).sock"
    }

    /// Whether there is one. Blocks for a moment.
    package var isRunning: Bool { MemberFolder.isInUse(base: stateDirectory, network: network, member: member) }

    /// Removes what a program that was killed left behind; for whoever is the member now.
    package func clearSocket() { unlink(socket) }

    /// Lets nobody but the user open the socket; the folder keeps others out before that.
    package func protectSocket() { chmod(socket, 0o600) }
}
