import NIOCore
import NIOPosix
import Synchronization
package import Wire

/// Asks once which networks have a server on the local network.
package struct LocalSearch: Sendable {
    private static let placeLimit = 64
    /// The question may be lost; it is asked a second time.
    private static let repetition = Duration.milliseconds(400)
    /// Until nobody is waited for any more.
    private static let patience = Duration.milliseconds(800)

    private let interfaces: @Sendable () -> [LocalInterface]
    /// Of the group.
    private let port: UInt16
    private let clock: any Clock<Duration>

    package init(
        port: UInt16 = MulticastGroup.port, clock: any Clock<Duration> = ContinuousClock(),
        interfaces: @escaping @Sendable () -> [LocalInterface] = {
            LocalInterface.multicasting(among: (try? System.enumerateDevices()) ?? [])
        }
    ) {
        self.port = port
        self.clock = clock
        self.interfaces = interfaces
    }

    /// Those that answered within a second or so; those so far, where it is cancelled. None, where nothing can be asked.
    @concurrent
    package func run() async -> [LocalServer] {
        let findings = Findings(LocalFindings(id: UInt16.random(in: 1...UInt16.max)))
        var asking: [(channel: any Channel, group: SocketAddress)] = []
        for place in interfaces().flatMap(AskingPlace.all).prefix(Self.placeLimit) {
            guard let group = try? SocketAddress(ipAddress: place.group, port: Int(port)),
                let channel = try? await Self.open(place, findings)
            else { continue }
            asking.append((channel, group))
        }
        if !asking.isEmpty {
            for pause in [Self.repetition, Self.patience] {
                for (channel, group) in asking {
                    let data = channel.allocator.buffer(bytes: findings.question)
                    channel.writeAndFlush(AddressedEnvelope(remoteAddress: group, data: data), promise: nil)
                }
                guard (try? await clock.sleep(for: pause)) != nil else { break }
            }
        }
        for (channel, _) in asking { try? await channel.close() }
        return findings.servers
    }

    /// On a port of its own, which answers come to.
    private static func open(_ place: AskingPlace, _ findings: Findings) async throws -> any Channel {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: DNSMessage.byteLimit)
            )
            .channelInitializer { channel in
                speak(channel, at: place).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(place.interface, findings))
                }
            }
            .bind(host: place.host, port: 0).get()
    }

    private static func speak(_ channel: any Channel, at place: AskingPlace) -> EventLoopFuture<Void> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let index = Int32(place.interface.index)
        guard place.isSix else {
            return options.unsafeSetSocketOption(level: .ip, name: .ip_multicast_if, value: Sender(index: index))
        }
        return options.unsafeSetSocketOption(level: .ipv6, name: .ipv6_multicast_if, value: index)
    }
}

/// From where it is asked: each address of IPv4, since whoever has none of its subnet does not answer it, and once over
/// IPv6, where all of a link hear each other.
private struct AskingPlace: Sendable {
    let interface: LocalInterface
    let host: String
    let isSix: Bool

    var group: String { isSix ? MulticastGroup.address6 : MulticastGroup.address4 }

    static func all(of interface: LocalInterface) -> [AskingPlace] {
        let four = interface.addresses.filter { $0.bytes.count == 4 }.compactMap { address in
            (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: 0))?.ipAddress
        }
        let hasSix = interface.addresses.contains { $0.bytes.count == 16 }
        return four.map { AskingPlace(interface: interface, host: $0, isSix: false) }
            + (hasSix ? [AskingPlace(interface: interface, host: "::", isSix: true)] : [])
    }
}

/// By which interface groups are spoken to, as the kernel wants it: `ip_mreqn`.
private struct Sender: Sendable {
    let group: UInt32 = 0
    let ownAddress: UInt32 = 0
    let index: Int32
}

/// What the sockets of one search have in common.
private final class Findings: Sendable {
    let question: [UInt8]
    private let state: Mutex<LocalFindings>

    init(_ findings: LocalFindings) {
        question = findings.question
        state = Mutex(findings)
    }

    var servers: [LocalServer] { state.withLock { $0.servers } }

    func receive(_ datagram: [UInt8], from source: SocketAddress, on interface: LocalInterface) {
        state.withLock { $0.receive(datagram, from: source, on: interface) }
    }
}

private final class AnswerHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let interface: LocalInterface
    private let findings: Findings

    init(_ interface: LocalInterface, _ findings: Findings) {
        self.interface = interface
        self.findings = findings
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        findings.receive(Array(envelope.data.readableBytesView), from: envelope.remoteAddress, on: interface)
    }

    /// That somebody's port was unreachable says nothing about the others.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
