import Glibc
import NIOCore
import NIOPosix
import Wire

/// One interface and one kind of internet addresses: there the group is heard and spoken to.
struct AnnouncingPlace: Hashable, Sendable {
    let interface: LocalInterface
    let isSix: Bool

    /// IPv6 is there where the interface has an address of its own of it, and so is IPv4.
    static func all(of interfaces: [LocalInterface]) -> [AnnouncingPlace] {
        interfaces.flatMap { interface in
            [false, true].filter { isSix in interface.addresses.contains { ($0.bytes.count == 16) == isSix } }
                .map { AnnouncingPlace(interface: interface, isSix: $0) }
        }
    }

    func group(_ port: UInt16) throws -> SocketAddress {
        guard isSix else { return try SocketAddress(ipAddress: MulticastGroup.address4, port: Int(port)) }
        // A group of the link means nothing without the interface: the last 4 bytes of the address.
        let group = try SocketAddress(ipAddress: MulticastGroup.address6, port: Int(port))
        let index = UInt32(interface.index)
        return withUnsafeTemporaryAllocation(byteCount: MemoryLayout<sockaddr_in6>.size, alignment: 8) { bytes in
            group.withSockAddr { bytes.copyMemory(from: UnsafeRawBufferPointer(start: $0, count: $1)) }
            bytes.storeBytes(of: index, toByteOffset: 24, as: UInt32.self)
            return SocketAddress(bytes.load(as: sockaddr_in6.self))
        }
    }
}

/// What the kernel is told about a group, as it wants it: `ip_mreqn` and `ipv6_mreq`.
private struct Membership4: Sendable {
    /// 224.0.0.251
    let group = UInt32(bigEndian: 0xE000_00FB)
    let ownAddress: UInt32 = 0
    let index: Int32
}

private struct Membership6: Sendable {
    /// ff02::fb
    let group = (UInt64(bigEndian: 0xFF02_0000_0000_0000), UInt64(bigEndian: 0xFB))
    let index: UInt32
}

/// A socket on the group's address, which others on this machine (Avahi, say) may have as well: what is sent to the
/// machine itself stays theirs.
enum AnnouncingSocket {
    /// Of those who hear it: a hop more, and it did not come from the link (RFC 6762 §11).
    private static let hops: Int32 = 255

    static func open(
        _ place: AnnouncingPlace, port: UInt16, service: LocalService, on loop: any EventLoop
    ) async throws -> any Channel {
        let group = try place.group(port)
        return try await DatagramBootstrap(group: loop)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.socketOption(.sharesPort), value: 1)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: DNSMessage.byteLimit)
            )
            .channelInitializer { channel in
                join(channel, place).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(
                        AnnouncingHandler(service, on: place.interface, group: group, port: port))
                }
            }
            .bind(to: group).get()
    }

    /// On that interface alone: Linux would give it what others of this machine joined elsewhere, too.
    private static func join(_ channel: any Channel, _ place: AnnouncingPlace) -> EventLoopFuture<Void> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let index = place.interface.index
        func set<Value: Sendable>(
            _ level: NIOBSDSocket.OptionLevel, _ option: Int32, _ value: Value
        ) -> EventLoopFuture<Void> {
            options.unsafeSetSocketOption(level: level, name: NIOBSDSocket.Option(rawValue: option), value: value)
        }
        let steps: [EventLoopFuture<Void>]
        if place.isSix {
            let request = Membership6(index: UInt32(index))
            steps = [
                set(.ipv6, IPV6_V6ONLY, Int32(1)), set(.ipv6, IPV6_MULTICAST_IF, Int32(index)),
                set(.ipv6, IPV6_MULTICAST_HOPS, hops), set(.ipv6, IPV6_JOIN_GROUP, request),
            ]
        } else {
            let request = Membership4(index: Int32(index))
            steps = [
                set(.ip, IP_MULTICAST_ALL, Int32(0)), set(.ip, IP_MULTICAST_IF, request),
                set(.ip, IP_MULTICAST_TTL, hops), set(.ip, IP_ADD_MEMBERSHIP, request),
            ]
        }
        return EventLoopFuture.andAllSucceed(steps, on: channel.eventLoop)
    }
}

/// Runs the responder of one place, on the loop of its socket.
private final class AnnouncingHandler: ChannelDuplexHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundIn = Never
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private var responder: LocalResponder
    private let group: SocketAddress
    private var random = SystemRandomNumberGenerator()
    private var timer: Scheduled<Void>?

    init(_ service: LocalService, on interface: LocalInterface, group: SocketAddress, port: UInt16) {
        responder = LocalResponder(service, on: interface, port: port, now: Self.now)
        self.group = group
    }

    /// Milliseconds, as all of NIO counts them.
    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    func channelActive(context: ChannelHandlerContext) {
        responder.begin(now: Self.now)
        speak(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let asker = Remote(envelope.remoteAddress) else { return }
        let outgoing = responder.received(
            Array(envelope.data.readableBytesView), from: asker, now: Self.now, using: &random)
        if let outgoing { send(outgoing, context) }
        speak(context)
    }

    /// Nobody waits for it: what could not be sent is asked for again.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        timer?.cancel()
        send(LocalResponder.Outgoing(message: responder.farewell, destination: .group), context)
        context.close(mode: mode, promise: promise)
    }

    /// Says what is due, and comes back for the rest.
    private func speak(_ context: ChannelHandlerContext) {
        if let outgoing = responder.due(now: Self.now) { send(outgoing, context) }
        timer?.cancel()
        timer = responder.nextDue.map { due in
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(1, due - Self.now))) {
                self.speak(context)
            }
        }
    }

    private func send(_ outgoing: LocalResponder.Outgoing, _ context: ChannelHandlerContext) {
        let address: SocketAddress =
            switch outgoing.destination {
            case .group: group
            case .one(let asker): asker.socketAddress
            }
        let data = context.channel.allocator.buffer(bytes: outgoing.message.encoded)
        context.writeAndFlush(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: data)), promise: nil)
    }
}
