import Connectivity
import Crypto
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// A TLS client of its own making, which says the right words and counts what it is given for them.
struct Intruder {
    /// Certificate (DER) and key to show, or nothing.
    var credentials: (certificate: [UInt8], key: P256.Signing.PrivateKey)?
    var minimumVersion = TLSVersion.tlsv13
    var maximumVersion: TLSVersion?
    /// Sent after TLS.
    var words = ByteBuffer()

    init(showing credentials: (certificate: [UInt8], key: P256.Signing.PrivateKey)? = nil) {
        self.credentials = credentials
        TestPeer.greeting(TestPeer.someHash).encode(into: &words)
        words.writePeerMessages([
            .haveNone, .interested, .request(BlockRequest(piece: 0, begin: 0, length: 16_384)),
        ])
    }

    /// Connects, says its words, and waits until the other side has closed: the bytes that came after TLS.
    func bytesGiven(by peer: TestPeer) async throws -> [UInt8] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.minimumTLSVersion = minimumVersion
        configuration.maximumTLSVersion = maximumVersion
        if let credentials {
            configuration.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: credentials.certificate, format: .der))
            ]
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(credentials.key.derRepresentation), format: .der))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let given = GivenBytes()
        let words = words
        let channel = try await ClientBootstrap(group: TestPeer.group)
            .connect(host: "127.0.0.1", port: Int(peer.listener.port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        try NIOSSLClientHandler(context: context, serverHostname: nil), ByteCollector(given))
                    return channel
                }
            }
        channel.writeAndFlush(words, promise: nil)
        try await channel.closeFuture.get()
        return given.bytes
    }
}

/// What a channel brought, for a test to look at afterwards.
final class GivenBytes: Sendable {
    private let state = Mutex<[UInt8]>([])
    var bytes: [UInt8] { state.withLock { $0 } }
    func append(_ buffer: ByteBuffer) { state.withLock { $0 += buffer.readableBytesView } }
}

final class ByteCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let given: GivenBytes

    init(_ given: GivenBytes) { self.given = given }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { given.append(unwrapInboundIn(data)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
