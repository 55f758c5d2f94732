import NIOCore
import Wire

/// Names a socket of this client towards an address of the server.
typealias PathID = UInt64

/// A socket towards the server. What is sent before it is open, or after it broke, is lost like any datagram: everything is
/// repeated until it is answered.
struct Path {
    let transport: Transport
    /// Of the server, as it was given: where its UDP is.
    let server: SocketAddress
    /// What the socket is connected to.
    let address: SocketAddress
    /// The port of this device on which the socket stands; nil where any will do.
    var localPort: UInt16?
    var channel: (any Channel)?
    /// Something was sent while there was no socket.
    var hasLost = false

    /// UDP, to the server's address.
    init(to server: SocketAddress) {
        transport = .udp
        self.server = server
        address = server
    }

    /// TCP, to one of ``StreamPath/addresses(of:)``.
    init(streamTo address: SocketAddress, of server: SocketAddress, from localPort: UInt16? = nil) {
        transport = .tcp
        self.server = server
        self.address = address
        self.localPort = localPort
    }

    /// Until a socket that broke is opened anew.
    var pause: TimeAmount {
        switch transport {
        case .udp: DatagramPath.pause
        case .tcp: StreamPath.pause
        }
    }

    /// False where there is no socket.
    func send(_ datagram: [UInt8]) -> Bool {
        guard let channel, channel.isActive else { return false }
        switch transport {
        case .udp: channel.writeAndFlush(channel.allocator.buffer(bytes: datagram), promise: nil)
        case .tcp: StreamPath.send(datagram, through: channel)
        }
        return true
    }

    func open(_ id: PathID, for client: DirectoryClient) -> EventLoopFuture<any Channel> {
        switch transport {
        case .udp: DatagramPath.open(id, to: address, for: client)
        case .tcp: StreamPath.open(id, to: address, from: localPort, for: client)
        }
    }

    func close() { channel?.close(promise: nil) }
}
