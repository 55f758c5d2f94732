import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Wire

/// Makes one connection by one way, up to the verified certificate.
struct LinkConnector: Sendable {
    /// Which part we play.
    enum Part: Sendable {
        /// We wanted it: TLS's client.
        case asking(LinkCore.Role, AttemptID?)
        /// We were called: TLS's server, who says first why he comes.
        case called(AttemptID)
    }

    let trust: LinkTrust
    let group: any EventLoopGroup
    /// From which members dial who are called, or punch; nil where we do not listen.
    let port: UInt16?
    let logger: Logger

    func connect(
        _ way: LinkRace.Way, as part: Part, member: UserName, directoryHost: String
    ) async -> Result<LinkCore, LinkFailure> {
        do {
            let core =
                switch way {
                case .direct(let endpoint):
                    try await dial(endpoint, from: nil, within: trust.limits.connect, part, path: part.directPath)
                case .punch(let endpoint, let limit):
                    try await dial(endpoint, from: port, within: .milliseconds(limit), part, path: .punched)
                case .relay: throw LinkFailure.unreachable("relay")
                }
            try await core.await(core.verified)
            return .success(core)
        } catch {
            let failure = error as? LinkFailure ?? .unreachable(String(describing: error))
            logger.debug("No link", metadata: ["member": "\(member)", "way": "\(way)", "reason": "\(failure)"])
            return .failure(failure)
        }
    }

    private func dial(
        _ endpoint: Endpoint, from port: UInt16?, within limit: TimeAmount, _ part: Part, path: LinkPath
    ) async throws -> LinkCore {
        guard let address = endpoint.socketAddress else { throw LinkFailure.unreachable("\(endpoint)") }
        let dialled = DialledChannel()
        var bootstrap = ClientBootstrap(group: group).linkOptions(trust.limits).connectTimeout(limit)
        if let port {
            // Next to the listener: see ``LinkListener``.
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .channelOption(.socketOption(.sharesPort), value: 1)
                .bind(to: try SocketAddress(ipAddress: endpoint.address.count == 4 ? "0.0.0.0" : "::", port: Int(port)))
        }
        return try await withTaskCancellationHandler {
            try await bootstrap.connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try dialled.set(channel)
                    return try prepare(channel, part, endpoint, path)
                }
            }
        } onCancel: {
            dialled.cancel()
        }
    }

    private func prepare(
        _ channel: any Channel, _ part: Part, _ endpoint: Endpoint, _ path: LinkPath
    ) throws -> LinkCore {
        switch part {
        case .asking(let role, let attempt):
            guard trust.registry.add(channel, .dialled) else { throw LinkFailure.tooManyLinks }
            if let attempt {
                // Where both dialled at once, it is the other one's dial that we have come upon.
                let reader = PrefaceReader(within: trust.limits.handshake) { preface in
                    guard preface == nil || preface?.attempt == attempt else { throw LinkFailure.closedByPeer }
                }
                try channel.pipeline.syncOperations.addHandler(reader)
            }
            return try LinkCore(role, on: channel, trust: trust, path: path)
        case .called(let attempt):
            guard trust.registry.add(channel, .accepted(endpoint.address)) else { throw LinkFailure.tooManyLinks }
            try channel.pipeline.syncOperations.addHandler(PrefaceWriter(LinkPreface(attempt: attempt)))
            return try LinkCore(.accepting, on: channel, trust: trust, path: path)
        }
    }
}

extension LinkConnector.Part {
    fileprivate var directPath: LinkPath {
        switch self {
        case .asking: .direct
        case .called: .reverse
        }
    }
}

extension NIOBSDSocket.Option {
    /// `SO_REUSEPORT`, for which NIO has no name.
    static let sharesPort = Self(rawValue: SO_REUSEPORT)
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
