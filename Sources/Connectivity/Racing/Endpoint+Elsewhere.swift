import NIOCore
import Wire

extension [Endpoint] {
    /// Those that may be dialled because somebody else named them: not what listens on this computer for itself alone.
    ///
    /// - Parameter directoryHost: Where that is this computer, all of its members are.
    func elsewhere(for directoryHost: String) -> [Endpoint] {
        let host = try? SocketAddress(ipAddress: directoryHost, port: 0)
        let isHere = host.flatMap { LocalAddress.bytes($0) }.map { LocalAddress.isLoopback($0) }
        if isHere ?? (directoryHost == "localhost") { return self }
        return filter { LocalAddress.canBeDialled($0.address) }
    }
}
