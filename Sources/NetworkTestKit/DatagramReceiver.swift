import NIOCore

/// Hands every datagram of a channel to a closure, on the channel's event loop.
final class DatagramReceiver: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let receive: @Sendable ([UInt8], SocketAddress) -> Void

    init(_ receive: @escaping @Sendable ([UInt8], SocketAddress) -> Void) { self.receive = receive }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        receive(Array(envelope.data.readableBytesView), envelope.remoteAddress)
    }

    /// A refused datagram is the other end's affair; the socket lives on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
