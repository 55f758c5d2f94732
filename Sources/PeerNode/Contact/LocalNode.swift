import Content
import Crypto
import Glibc
import Library
package import Wire

/// Which file a socket is.
package struct SocketFile: Hashable, Sendable {
    fileprivate let device: dev_t
    fileprivate let inode: ino_t
}

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

    /// Whether there is what signs it in without the password; whether the server still takes it nobody knows here. Blocks
    /// for a moment.
    package var isLoginKept: Bool {
        !KeptToken(base: stateDirectory, network: network, member: member).read().isEmpty
    }

    /// The names that the Tab key offers, from one command to the next: in the member's folder, so that they are neither
    /// another's nor stay when it goes.
    package var names: String {
        MemberFolder.file("names", base: stateDirectory, network: network, member: member)
    }

    /// Removes what a program that was killed left behind; for whoever is the member now.
    package func clearSocket() { unlink(socket) }

    /// The same where it still is this very one.
    package func clearSocket(_ file: SocketFile) { if socketFile == file { unlink(socket) } }

    /// What stands there; nil for nothing.
    package var socketFile: SocketFile? {
        var status = stat()
        return lstat(socket, &status) == 0 ? SocketFile(device: status.st_dev, inode: status.st_ino) : nil
    }

    /// Of programs that would become the member at the same moment, one does, and the others then find it.
    package var startingLock: String { "\(socket).lock" }

    /// Lets nobody but the user open the socket; the folder keeps others out before that.
    package func protectSocket() { chmod(socket, 0o600) }
}
