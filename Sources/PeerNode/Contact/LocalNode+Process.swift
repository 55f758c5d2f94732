import Glibc

extension LocalNode {
    /// The number of the process that takes connections on the socket, as the system knows it (unix(7), `SO_PEERCRED`), also
    /// where that process does nothing any more. Nil for none, for another user's, and where so many wait for it that no more
    /// may. Blocks for a moment.
    package var process: Int32? {
        let descriptor = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = Array(socket.utf8) + [0]
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        // `struct ucred`: process, user and group. A process of another container has no number here.
        var peer: [Int32] = [0, 0, 0]
        var size = socklen_t(peer.count * MemoryLayout<Int32>.size)
        guard isConnected, getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer[0] > 0,
            uid_t(bitPattern: peer[1]) == geteuid()
        else {
            return nil
        }
        return peer[0]
    }
}
