import Glibc
import NIOCore
import NIOPosix
import Synchronization
package import Wire

/// What translates this device's datagrams on the way to the server, as far as it could be seen (RFC 4787 §4.1, §5).
package struct CrossingReport: Hashable, Sendable {
    /// As whom this device sees its own end.
    package var own: Endpoint?
    /// As whom the server sees it, at the port where it always is.
    package var seen: Endpoint
    /// The same at another of its ports; nil where nothing came back from there.
    package var seenElsewhere: Endpoint?
    /// What came from that port unasked was let in.
    package var letsOthersIn: Bool

    package init(own: Endpoint?, seen: Endpoint, seenElsewhere: Endpoint?, letsOthersIn: Bool) {
        self.own = own
        self.seen = seen
        self.seenElsewhere = seenElsewhere
        self.letsOthersIn = letsOthersIn
    }
}

/// There is no second socket beside the session's.
package struct CrossingFailure: Error, Hashable, Sendable {
    /// As part of a sentence.
    package let reason: String

    init(_ error: any Error) {
        reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
    }
}

extension DirectoryClient {
    /// Until nothing more is expected to come unasked; between two questions, and how many are asked.
    private static let knockPatience = Duration.milliseconds(600)
    private static let askPause = Duration.milliseconds(250)
    private static let asks = 4

    /// Has the server knock from another of its ports, and asks there as whom it sees this device. Nil where the session does
    /// not go over UDP. Fails with ``DirectoryClientFailure``, or ``CrossingFailure`` where this device cannot look.
    package func crossing() async throws -> CrossingReport? {
        guard let id = current?.path, let path = paths[id], path.transport == .udp, let channel = path.channel,
            let own = channel.localAddress.flatMap({ Endpoint($0) })
        else { return nil }
        let board = KnockBoard(look: .random())
        let beside: any Channel
        do { beside = try await openBeside(channel, own, board) } catch { throw CrossingFailure(error) }
        defer { beside.close(promise: nil) }
        let crossing = try await crossing(board.look)
        guard let server = path.address?.at(port: crossing.port) else { return nil }
        await Self.pause(Self.knockPatience)
        let letsOthersIn = board.hasKnocked
        for _ in 0..<Self.asks where board.seen == nil && !Task.isCancelled {
            let data = beside.allocator.buffer(bytes: Knock.ask(board.look).encoded)
            beside.writeAndFlush(AddressedEnvelope(remoteAddress: server, data: data), promise: nil)
            await Self.pause(Self.askPause)
        }
        return CrossingReport(
            own: own, seen: crossing.seen, seenElsewhere: board.seen, letsOthersIn: letsOthersIn)
    }

    private static func pause(_ time: Duration) async { try? await Task.sleep(for: time) }

    /// A socket on the port of the session's, which takes what does not come from the server's own port.
    private func openBeside(
        _ channel: any Channel, _ own: Endpoint, _ board: KnockBoard
    ) async throws -> any Channel {
        try await channel.setOption(.socketOption(.sharesPort), value: 1).get()
        return try await DatagramBootstrap(group: eventLoop)
            .channelOption(.socketOption(.sharesPort), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(KnockReader(board))
                }
            }
            .bind(host: own.address.count == 4 ? "0.0.0.0" : "::", port: Int(own.port)).get()
    }
}

extension SocketAddress {
    fileprivate func at(port: UInt16) -> SocketAddress? {
        var other = self
        other.port = Int(port)
        return other
    }
}

/// What came of one look.
private final class KnockBoard: Sendable {
    let look: KnockID
    private let state = Mutex<(hasKnocked: Bool, seen: Endpoint?)>((false, nil))

    init(look: KnockID) { self.look = look }

    var hasKnocked: Bool { state.withLock { $0.hasKnocked } }
    var seen: Endpoint? { state.withLock { $0.seen } }

    func take(_ datagram: [UInt8]) {
        switch Knock(datagram) {
        case .knock(look)?: state.withLock { $0.hasKnocked = true }
        case .seen(look, let endpoint)?: state.withLock { $0.seen = endpoint }
        default: break
        }
    }
}

private final class KnockReader: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let board: KnockBoard

    init(_ board: KnockBoard) { self.board = board }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        board.take(Array(unwrapInboundIn(data).data.readableBytesView))
    }

    /// Of one datagram, not of the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
