import Content
package import Logging
package import NIOCore
import NIOPosix
import Synchronization
package import Wire

/// Dials members.
package struct LinkDialer: Sendable {
    private let trust: LinkTrust
    private let group: any EventLoopGroup
    private let logger: Logger

    package init(trust: LinkTrust, group: any EventLoopGroup, logger: Logger) {
        self.trust = trust
        self.group = group
        self.logger = logger
    }

    /// Tries the endpoints in their order, each a moment after the one before or when that failed (RFC 8305),
    /// and keeps the first at which this very member answers. Returns when he has accepted the
    /// content that our handshake names: only then is it certain that he accepts us.
    ///
    /// Ends within the time to connect and that for a handshake, earlier when the task is cancelled.
    ///
    /// - Parameter isStandardClient: It is not our own program that answers, and finds its torrent by the name that TLS asks for.
    package func dial(
        _ member: UserName, at endpoints: [Endpoint], greeting: PeerHandshake, isStandardClient: Bool = false
    ) async throws(DialFailure) -> AuthenticatedLink {
        let name = isStandardClient ? greeting.infoHash.description : nil
        let (winner, failures) = await firstToAnswer(
            LinkCore.Role.dialling(member, serverName: name), member,
            Array(endpoints.prefix(trust.limits.endpointsPerDial)))
        guard let winner else { throw DialFailure(member: member, attempts: failures) }
        do {
            var buffer = winner.channel.allocator.buffer(capacity: PeerHandshake.byteCount)
            greeting.encode(into: &buffer)
            try await winner.send([buffer])
            let answer = try await winner.await(winner.greeted)
            guard answer.handshake.infoHash == greeting.infoHash else { throw LinkFailure.wrongContent }
            return AuthenticatedLink(core: winner, greeting: answer)
        } catch {
            let failure = error as? LinkFailure ?? .securityFailed(String(describing: error))
            LinkCore.cut(winner.channel, failure)
            throw DialFailure(member: member, attempts: failures + [failure])
        }
    }

    private enum Event: Sendable {
        case attempt(Result<LinkCore, LinkFailure>)
        case nextMayStart
    }

    private func firstToAnswer(
        _ role: LinkCore.Role, _ member: UserName, _ endpoints: [Endpoint]
    ) async -> (LinkCore?, [LinkFailure]) {
        await withTaskGroup(of: Event.self) { group in
            var remaining = endpoints[...]
            var winner: LinkCore?
            var failures: [LinkFailure] = []
            func startNext() {
                guard winner == nil, let endpoint = remaining.popFirst() else { return }
                group.addTask { .attempt(await attempt(role, member, at: endpoint)) }
                guard !remaining.isEmpty else { return }
                group.addTask {
                    try? await Task.sleep(for: trust.limits.stagger)
                    return .nextMayStart
                }
            }
            startNext()
            for await event in group {
                switch event {
                case .attempt(.success(let attempt)) where winner == nil:
                    winner = attempt
                    group.cancelAll()
                case .attempt(.success(let late)):
                    LinkCore.cut(late.channel, .closed)
                case .attempt(.failure(let failure)):
                    failures.append(failure)
                    startNext()
                case .nextMayStart:
                    startNext()
                }
            }
            return (winner, failures)
        }
    }

    /// One endpoint, up to the verified certificate.
    private func attempt(
        _ role: LinkCore.Role, _ member: UserName, at endpoint: Endpoint
    ) async -> Result<LinkCore, LinkFailure> {
        let dialled = DialledChannel()
        do {
            guard let address = endpoint.socketAddress else { throw LinkFailure.unreachable("\(endpoint)") }
            let core = try await withTaskCancellationHandler {
                try await ClientBootstrap(group: group)
                    .linkOptions(trust.limits)
                    .connect(to: address) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try dialled.set(channel)
                            return try prepare(channel, role)
                        }
                    }
            } onCancel: {
                dialled.cancel()
            }
            try await core.await(core.verified)
            return .success(core)
        } catch {
            let failure = error as? LinkFailure ?? .unreachable(String(describing: error))
            logger.debug(
                "No link", metadata: ["member": "\(member)", "endpoint": "\(endpoint)", "reason": "\(failure)"])
            return .failure(failure)
        }
    }

    private func prepare(_ channel: any Channel, _ role: LinkCore.Role) throws -> LinkCore {
        guard trust.registry.add(channel, .dialled) else { throw LinkFailure.tooManyLinks }
        return try LinkCore(role, on: channel, trust: trust)
    }
}

/// Closes a channel that is still connecting when its dial is cancelled, which a future would not notice.
private final class DialledChannel: Sendable {
    private enum State {
        case none
        case dialling(any Channel)
        case cancelled
    }

    private let state = Mutex(State.none)

    func set(_ channel: any Channel) throws {
        try state.withLock { state in
            if case .cancelled = state { throw LinkFailure.closed }
            state = .dialling(channel)
        }
    }

    func cancel() {
        let channel: (any Channel)? = state.withLock { state in
            defer { state = .cancelled }
            guard case .dialling(let channel) = state else { return nil }
            return channel
        }
        channel?.close(promise: nil)
    }
}
