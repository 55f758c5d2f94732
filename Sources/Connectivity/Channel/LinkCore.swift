import NIOCore
import Wire

/// Who the peer is, as his certificate says, and the 68 bytes with which he opened.
struct PeerGreeting: Sendable {
    let certificate: MemberCertificate
    let handshake: PeerHandshake
}

/// A connection on its way to become a link: its channel, and what its handler promises.
struct LinkCore: Sendable {
    let channel: any Channel
    let inbox: LinkInbox
    let path: LinkPath
    private let handler: NIOLoopBound<LinkHandler>
    /// Fail with ``LinkFailure``, within the limits of ``LinkLimits``.
    let verified: EventLoopFuture<Void>
    let greeted: EventLoopFuture<PeerGreeting>

    enum Role: Sendable {
        /// From this member alone, where we came because he called.
        case accepting(UserName? = nil)
        /// With the name of the server that TLS is to ask for; ours where nil.
        case dialling(UserName, serverName: String?)
    }

    /// Makes the pipeline of a channel that has its place in the registry. Called on its event loop, before
    /// anything of TLS is read.
    ///
    /// - Parameter handshakeEnd: As ``LinkLimits/handshakeEnd`` was when the connection came about.
    init(
        _ role: Role, on channel: any Channel, trust: LinkTrust, path: LinkPath, handshakeEnd: NIODeadline
    ) throws {
        let limits = trust.limits
        let registry = trust.registry
        let inbox = LinkInbox(
            capacity: { limits.inboundShare(ofLinks: registry.provenCount) }, resumeReading: channel.read)
        let handler = LinkHandler(
            eventLoop: channel.eventLoop, inbox: inbox, limits: limits, handshakeEnd: handshakeEnd)
        let expected: UserName? =
            switch role {
            case .accepting(let caller): caller
            case .dialling(let member, _): member
            }
        let gate = LinkGate { chain throws(PeerRefusal) in
            try trust.judge(chain, expected: expected)
        } opened: { certificate in
            guard registry.identify(channel, as: certificate, by: path) else { return .tooManyLinks }
            if let refusal = trust.laterRefusal(of: certificate) { return .refused(refusal) }
            handler.open(certificate, expiresIn: .milliseconds(trust.remaining(of: certificate)))
            return nil
        }
        let tls: any ChannelHandler =
            switch role {
            case .accepting: trust.security.acceptingHandler(gate)
            case .dialling(_, let name): try trust.security.diallingHandler(gate, name: name)
            }
        let idle = IdleStateHandler(readTimeout: limits.silence, writeTimeout: limits.keepAlive)
        try channel.pipeline.syncOperations.addHandlers([tls, idle, gate, handler])
        self.channel = channel
        self.inbox = inbox
        self.path = path
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        verified = handler.verified.futureResult
        greeted = handler.greeted.futureResult
    }

    /// Ends whatever link the channel carries.
    static func cut(_ channel: any Channel, _ failure: LinkFailure) {
        channel.eventLoop.execute {
            guard let handler = try? channel.pipeline.syncOperations.handler(type: LinkHandler.self) else {
                return channel.close(promise: nil)
            }
            handler.fail(failure)
        }
    }

    /// As ``LinkHandler/doubt(_:_:)``, of the link that the channel carries.
    static func doubt(
        _ channel: any Channel, _ limits: (silence: TimeAmount, times: Int), _ whenEnded: @escaping @Sendable () -> Void
    ) {
        channel.eventLoop.execute {
            let handler = try? channel.pipeline.syncOperations.handler(type: LinkHandler.self)
            handler?.doubt(limits, whenEnded)
        }
    }

    /// Waits for one of the promises; a cancelled wait ends the connection.
    func await<Value: Sendable>(_ future: EventLoopFuture<Value>) async throws(LinkFailure) -> Value {
        do {
            return try await withTaskCancellationHandler {
                try await future.get()
            } onCancel: {
                Self.cut(channel, .closed)
            }
        } catch let failure as LinkFailure {
            throw failure
        } catch {
            throw .securityFailed(String(describing: error))
        }
    }

    /// Returns when the transport takes more. A cancelled send ends the link: nobody knows how much of it went.
    func send(_ buffers: [ByteBuffer]) async throws {
        let accepted = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { handler.value.send(buffers, accepted: accepted) }
        try await self.await(accepted.futureResult)
    }

    /// Says farewell, sends what waits if the peer takes it within a second, and returns when the socket is closed.
    func close() async {
        channel.eventLoop.execute { handler.value.close() }
        _ = try? await channel.closeFuture.get()
    }
}
