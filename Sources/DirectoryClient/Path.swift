import NIOCore
import Proxies
import Wire

/// Names a socket of this client towards an address of the server.
typealias PathID = UInt64

/// A socket towards the server. What is sent before it is open, or after it broke, is lost like any datagram: everything is
/// repeated until it is answered.
struct Path {
    let transport: Transport
    /// Of the server, as it was given: where its UDP is. Nil where only a proxy finds it, by its name.
    let server: SocketAddress?
    /// What the socket is connected to, where no proxy stands between; nil likewise.
    let address: SocketAddress?
    /// Where a proxy is to lead; nil where none is asked.
    let destination: ProxyDestination?
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
        destination = nil
    }

    /// TCP, to one of ``StreamPath/addresses(of:)``.
    ///
    /// - Parameter destination: The same as a proxy is told, which may be asked by its name.
    init(
        streamTo address: SocketAddress, of server: SocketAddress, or destination: ProxyDestination?,
        from localPort: UInt16? = nil
    ) {
        transport = .tcp
        self.server = server
        self.address = address
        self.destination = destination
        self.localPort = localPort
    }

    /// TCP, to where only a proxy leads.
    init(streamTo destination: ProxyDestination) {
        transport = .tcp
        server = nil
        address = nil
        self.destination = destination
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
        if transport == .tcp, localPort == nil, let destination, let proxy = client.proxies.proxy(to: destination) {
            return StreamPath.open(id, to: destination, through: proxy, for: client)
        }
        guard let address else { return client.eventLoop.makeFailedFuture(ChannelError.unknownLocalAddress) }
        return switch transport {
        case .udp: DatagramPath.open(id, to: address, for: client)
        case .tcp: StreamPath.open(id, to: address, from: localPort, for: client)
        }
    }

    func close() { channel?.close(promise: nil) }
}
