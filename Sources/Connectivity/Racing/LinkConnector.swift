import Glibc
import Logging
import NIOCore
import NIOPosix
import Proxies
import Wire

/// Makes one connection by one way, up to the verified certificate.
struct LinkConnector: Sendable {
    /// Which part we play.
    enum Part: Sendable {
        /// We wanted it: TLS's client.
        case asking(serverName: String?, AttemptID?)
        /// We were called: TLS's server, who says first why he comes.
        case called(AttemptID)
    }

    let trust: LinkTrust
    let group: any EventLoopGroup
    /// From which members dial who are called, or punch; nil where we do not listen.
    let port: UInt16?
    let proxies: ProxyRules
    /// Of a relay's or a proxy's name; nil for the system's.
    let resolver: (any Resolver & Sendable)?
    let logger: Logger

    func connect(
        _ way: LinkRace.Way, as part: Part, member: UserName, directoryHost: String
    ) async -> Result<LinkCore, LinkFailure> {
        do {
            let core = try await core(of: way, as: part, member: member, directoryHost: directoryHost)
            // Whoever called greets only on the connection that he keeps.
            if case .called = part { _ = try await core.await(core.greeted) }
            return .success(core)
        } catch {
            let failure = error as? LinkFailure ?? .unreachable(String(describing: error))
            logger.debug("No link", metadata: ["member": "\(member)", "way": "\(way)", "reason": "\(failure)"])
            return .failure(failure)
        }
    }

    /// The same with the reason as the system has it.
    func core(
        of way: LinkRace.Way, as part: Part, member: UserName, directoryHost: String
    ) async throws -> LinkCore {
        let core =
            switch way {
            case .direct(let endpoint):
                try await dial(
                    endpoint, from: nil, within: trust.limits.connect, part, member, path: part.path(to: endpoint))
            case .punch(let endpoint, let limit):
                try await punch(endpoint, within: .milliseconds(limit), part, member)
            case .relay(let offer): try await dial(offer, part, member, directoryHost)
            }
        try await core.await(core.verified)
        return core
    }

    /// From the listening port; where that is linked with this very place already, from any: there is one connection between two
    /// places (RFC 9293 §3.4), and what lets in whoever comes there lets in a second one, too.
    private func punch(
        _ endpoint: Endpoint, within limit: TimeAmount, _ part: Part, _ member: UserName
    ) async throws -> LinkCore {
        do {
            return try await dial(endpoint, from: port, within: limit, part, member, path: .punched)
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
            return try await dial(endpoint, from: nil, within: limit, part, member, path: part.path(to: endpoint))
        }
    }

    private func dial(
        _ endpoint: Endpoint, from port: UInt16?, within limit: TimeAmount, _ part: Part, _ member: UserName,
        path: LinkPath
    ) async throws -> LinkCore {
        guard let address = endpoint.socketAddress else { throw LinkFailure.unreachable("\(endpoint)") }
        if let dialled = try await dial(
            ProxyDestination(endpoint), within: limit, { try prepare($0, part, member, endpoint, path) })
        {
            return dialled
        }
        var bootstrap = bootstrap(within: limit)
        if let port { bootstrap = try bootstrap.next(toListener: port, isShort: endpoint.address.count == 4) }
        return try await cancellable(bootstrap) {
            $0.connect(to: address)
        } prepare: {
            try prepare($0, part, member, endpoint, path)
        }
    }

    func bootstrap(within limit: TimeAmount) -> ClientBootstrap {
        ClientBootstrap(group: group).linkOptions(trust.limits).connectTimeout(limit).resolver(resolver)
    }

    private func dial(
        _ offer: RelayOffer, _ part: Part, _ member: UserName, _ directoryHost: String
    ) async throws -> LinkCore {
        guard let hello = RelayHello(ticket: offer.ticket) else {
            throw LinkFailure.malformed("the ticket for a relay is none")
        }
        let host = offer.host ?? directoryHost
        let prepare: @Sendable (any Channel) throws -> LinkCore = { channel in
            guard trust.registry.add(channel, part.origin) else { throw LinkFailure.tooManyLinks }
            try channel.pipeline.syncOperations.addHandler(
                RelayAdmission(hello, patience: trust.limits.relayAdmission))
            return try LinkCore(
                part.role(member), on: channel, trust: trust, path: .relayed, handshakeEnd: trust.limits.handshakeEnd)
        }
        if let place = try? HostPort(host: host, port: offer.port),
            let dialled = try await dial(ProxyDestination(place), within: trust.limits.connect, prepare)
        {
            return dialled
        }
        return try await cancellable(bootstrap(within: trust.limits.connect)) {
            $0.connect(host: host, port: Int(offer.port))
        } prepare: {
            try prepare($0)
        }
    }

    /// Ends at once where its task is cancelled: a name's look-up, which nothing can stop, goes on without it, and what comes of
    /// that is closed.
    func cancellable(
        _ bootstrap: ClientBootstrap, connect: (ClientBootstrap) -> EventLoopFuture<any Channel>,
        prepare: @escaping @Sendable (any Channel) throws -> LinkCore
    ) async throws -> LinkCore {
        let attempt = ConnectionAttempt(on: group.any())
        return try await withTaskCancellationHandler {
            connect(
                bootstrap.channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try attempt.begin(channel, prepare) }
                }
            ).whenComplete { attempt.ended($0) }
            return try await attempt.core.get()
        } onCancel: {
            attempt.cancel()
        }
    }

    private func prepare(
        _ channel: any Channel, _ part: Part, _ member: UserName, _ endpoint: Endpoint, _ path: LinkPath
    ) throws -> LinkCore {
        let end = trust.limits.handshakeEnd
        switch part {
        case .asking(_, let attempt):
            guard trust.registry.add(channel, .dialled) else { throw LinkFailure.tooManyLinks }
            if let attempt {
                // Where both dialled at once, it is the other one's dial that we have come upon.
                let reader = PrefaceReader(until: end) { preface in
                    guard preface == nil || preface == LinkPreface(attempt: attempt) else {
                        throw LinkFailure.closedByPeer
                    }
                }
                try channel.pipeline.syncOperations.addHandler(reader)
            }
        case .called(let attempt):
            guard trust.registry.add(channel, .accepted(endpoint.address)) else { throw LinkFailure.tooManyLinks }
            try channel.pipeline.syncOperations.addHandler(PrefaceWriter(LinkPreface(attempt: attempt)))
        }
        return try LinkCore(part.role(member), on: channel, trust: trust, path: path, handshakeEnd: end)
    }
}

extension LinkConnector.Part {
    fileprivate func role(_ member: UserName) -> LinkCore.Role {
        switch self {
        case .asking(let name, _): .dialling(member, serverName: name)
        case .called: .accepting(member)
        }
    }

    /// Of a link that has no address of the member's.
    fileprivate var origin: LinkRegistry.Origin {
        switch self {
        case .asking: .dialled
        case .called: .called
        }
    }

    fileprivate func path(to endpoint: Endpoint) -> LinkPath {
        switch self {
        case .asking: endpoint.isMapped ? .mapped : .direct
        case .called: .reverse
        }
    }
}

extension ClientBootstrap {
    /// From the port of a ``LinkListener`` of this process.
    fileprivate func next(toListener port: UInt16, isShort: Bool) throws -> ClientBootstrap {
        channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.socketOption(.sharesPort), value: 1)
            .bind(to: try SocketAddress(ipAddress: isShort ? "0.0.0.0" : "::", port: Int(port)))
    }
}
