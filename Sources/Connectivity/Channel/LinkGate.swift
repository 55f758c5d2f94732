import NIOCore
import NIOSSL
import NIOTLS
import Wire

/// Lets nothing through until the peer is a verified member.
///
/// TLS calls ``verify(_:promise:)`` when a certificate is shown, and says later that the handshake is done. A
/// resumed session comes without a certificate, so without a verdict: NIOSSL cannot switch resumption
/// off, and such a link is closed before a byte of it is read.
final class LinkGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case unverified
        case refused(PeerRefusal)
        case verified(MemberCertificate)
        case open
        case closed
    }

    private var state = State.unverified
    private let judge: ([[UInt8]]) throws(PeerRefusal) -> MemberCertificate
    private let opened: (MemberCertificate) -> LinkFailure?

    /// - Parameters:
    ///   - judge: whether a chain makes its bearer a member with whom this link may be.
    ///   - opened: called once, when the member is certain; may still refuse.
    init(
        judge: @escaping ([[UInt8]]) throws(PeerRefusal) -> MemberCertificate,
        opened: @escaping (MemberCertificate) -> LinkFailure?
    ) {
        self.judge = judge
        self.opened = opened
    }

    /// The callback that replaces all of NIOSSL's own checks. On the event loop.
    func verify(_ chain: [NIOSSLCertificate], promise: EventLoopPromise<NIOSSLVerificationResultWithMetadata>) {
        do {
            let bytes = try chain.map { certificate throws(PeerRefusal) in
                do { return try certificate.toDERBytes() } catch { throw .malformedCertificate }
            }
            state = .verified(try judge(bytes))
            let leaf = ValidatedCertificateChain(Array(chain.prefix(1)))
            promise.succeed(.certificateVerified(VerificationMetadata(leaf)))
        } catch {
            state = .refused(error)
            promise.succeed(.failed)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            open(context: context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func open(context: ChannelHandlerContext) {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
        guard case .verified(let certificate) = state, handler?.peerValidatedCertificateChain != nil else {
            return close(context: context, .refused(.noCertificate))
        }
        if let failure = opened(certificate) { return close(context: context, failure) }
        state = .open
    }

    private func close(context: ChannelHandlerContext, _ failure: LinkFailure) {
        state = .closed
        context.fireErrorCaught(failure)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .open = state else { return }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .refused(let refusal) = state {
            context.fireErrorCaught(LinkFailure.refused(refusal))
        } else {
            context.fireErrorCaught(error)
        }
    }
}
