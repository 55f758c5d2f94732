import Connectivity
import NIOCore
import NIOPosix
import Synchronization
import TestKit

/// A router on loopback that speaks the Port Control Protocol, as a test tells it to.
final class FakeRouter: Sendable {
    enum Manner: Sendable {
        case grants(lifetime: UInt32, at: [UInt8] = [11, 1, 2, 3])
        case refuses(result: UInt8)
        /// Answers as a router that knows NAT-PMP alone (RFC 6886 §3.5).
        case knowsAnotherVersion
        case silent
    }

    /// Every request as it came, oldest first.
    let requests = Seen<[[UInt8]]>([])
    private let channel: any Channel

    /// - Parameters:
    ///   - lost: so many requests at first are not answered.
    ///   - strangers: each answer comes after one with another's nonce.
    static func start(_ manner: Manner, lost: Int = 0, strangers: Bool = false) async throws -> FakeRouter {
        let receiver = Receiver(manner, lost: lost, strangers: strangers)
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(receiver) }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeRouter(channel, receiver)
    }

    private init(_ channel: any Channel, _ receiver: Receiver) {
        self.channel = channel
        receiver.seen.withLock { $0 = requests }
    }

    deinit { channel.close(promise: nil) }

    func close() async throws { try await channel.close() }

    var port: UInt16 { UInt16(channel.localAddress?.port ?? 0) }

    /// It and this computer are the same.
    static let gateway = Gateway(address: [127, 0, 0, 1], interface: 1, local: [127, 0, 0, 1])

    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>

        let seen = Mutex<Seen<[[UInt8]]>?>(nil)
        private let manner: Manner
        private let strangers: Bool
        private let left: Mutex<Int>

        init(_ manner: Manner, lost: Int, strangers: Bool) {
            self.manner = manner
            self.strangers = strangers
            left = Mutex(lost)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            let request = Array(envelope.data.readableBytesView)
            seen.withLock { $0 }?.change { $0.append(request) }
            let isLost = left.withLock { left in
                left -= 1
                return left >= 0
            }
            guard !isLost, let answer = answer(to: request) else { return }
            if strangers {
                var other = answer
                other[24] ^= 1
                send(other, envelope.remoteAddress, context)
            }
            send(answer, envelope.remoteAddress, context)
        }

        private func send(_ bytes: [UInt8], _ address: SocketAddress, _ context: ChannelHandlerContext) {
            let envelope = AddressedEnvelope(
                remoteAddress: address, data: context.channel.allocator.buffer(bytes: bytes))
            context.channel.writeAndFlush(envelope, promise: nil)
        }

        /// RFC 6887 §11.1: the epoch is 1,000; what is asked for is given.
        private func answer(to request: [UInt8]) -> [UInt8]? {
            var answer = request
            answer[1] |= 0x80
            answer.replaceSubrange(8..<24, with: [0, 0, 3, 0xE8] + [UInt8](repeating: 0, count: 12))
            switch manner {
            case .silent: return nil
            case .knowsAnotherVersion: return [0, 0x81, 0, 1, 0, 0, 0, 9]
            case .refuses(let result): answer[3] = result
            case .grants(let lifetime, let address):
                let isRemoval = request[4..<8].allSatisfy { $0 == 0 }
                withUnsafeBytes(of: lifetime.bigEndian) {
                    answer.replaceSubrange(4..<8, with: isRemoval ? [0, 0, 0, 0] : Array($0))
                }
                if answer.count == 60 { answer.replaceSubrange(56..<60, with: address) }
            }
            return answer
        }
    }
}
