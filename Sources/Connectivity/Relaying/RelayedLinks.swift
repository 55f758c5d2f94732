package import NIOCore
import NIOPosix
package import Wire

/// Makes links that a relay carries: both sides dial it, each with its ticket, and TLS goes from the one to the other. The relay
/// sees what TLS shows to everybody on the way, and how much there is of it.
package struct RelayedLinks: Sendable {
    private let trust: LinkTrust
    private let group: any EventLoopGroup

    package init(trust: LinkTrust, group: any EventLoopGroup) {
        self.trust = trust
        self.group = group
    }

    /// The side of whoever wanted the link. Returns when the member has accepted the content that our handshake names.
    ///
    /// - Parameter ticket: As the directory sealed it, of the side ``RelayTicket/Side/caller``.
    package func call(
        _ member: UserName, through relay: Endpoint, ticket: [UInt8], greeting: PeerHandshake
    ) async throws(LinkFailure) -> AuthenticatedLink {
        let core = try await connect(.dialling(member, serverName: nil), relay, ticket)
        do {
            try await core.await(core.verified)
            var buffer = core.channel.allocator.buffer(capacity: PeerHandshake.byteCount)
            greeting.encode(into: &buffer)
            try await core.send([buffer])
            let answer = try await core.await(core.greeted)
            guard answer.handshake.infoHash == greeting.infoHash else { throw LinkFailure.wrongContent }
            return AuthenticatedLink(core: core, greeting: answer)
        } catch {
            throw Self.ended(core, error)
        }
    }

    /// The side of whoever was asked to. Returns when the member has said which content he means.
    ///
    /// - Parameters:
    ///   - member: Who wanted it, as the directory says.
    ///   - ticket: Of the side ``RelayTicket/Side/called``.
    package func answer(
        _ member: UserName, through relay: Endpoint, ticket: [UInt8]
    ) async throws(LinkFailure) -> IncomingLink {
        let core = try await connect(.accepting, relay, ticket)
        do {
            let greeting = try await core.await(core.greeted)
            guard greeting.certificate.user == member else {
                throw LinkFailure.refused(.unexpectedMember(greeting.certificate.user))
            }
            return IncomingLink(core: core, greeting: greeting)
        } catch {
            throw Self.ended(core, error)
        }
    }

    private func connect(
        _ role: LinkCore.Role, _ relay: Endpoint, _ ticket: [UInt8]
    ) async throws(LinkFailure) -> LinkCore {
        guard let hello = RelayHello(ticket: ticket) else { throw .malformed("the ticket for a relay is none") }
        guard let address = relay.socketAddress else { throw .unreachable("\(relay)") }
        do {
            return try await ClientBootstrap(group: group)
                .linkOptions(trust.limits)
                .connect(to: address) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard trust.registry.add(channel, .dialled) else { throw LinkFailure.tooManyLinks }
                        try channel.pipeline.syncOperations.addHandler(
                            RelayAdmission(hello, patience: trust.limits.relayAdmission))
                        return try LinkCore(role, on: channel, trust: trust)
                    }
                }
        } catch {
            throw error as? LinkFailure ?? .unreachable(String(describing: error))
        }
    }

    private static func ended(_ core: LinkCore, _ error: any Error) -> LinkFailure {
        let failure = error as? LinkFailure ?? .securityFailed(String(describing: error))
        LinkCore.cut(core.channel, failure)
        return failure
    }
}
