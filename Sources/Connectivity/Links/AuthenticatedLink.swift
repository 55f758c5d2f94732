import NIOCore
package import Wire

/// A connection to a member whose certificate was found good, over which both sides have named the same
/// content: from here on it carries messages.
///
/// It ends by itself when the member is expelled and when his certificate ends.
package final class AuthenticatedLink: Sendable {
    private let core: LinkCore
    private let greeting: PeerGreeting
    /// Which way it came about.
    package var path: LinkPath { core.path }
    /// The other end of the connection.
    package let endpoint: Endpoint?

    package var certificate: MemberCertificate { greeting.certificate }
    package var member: UserName { certificate.user }
    /// The peer's opening: what he understands, and which content he means.
    package var handshake: PeerHandshake { greeting.handshake }

    init(core: LinkCore, greeting: PeerGreeting) {
        self.core = core
        self.greeting = greeting
        endpoint = core.channel.remoteAddress.flatMap { Endpoint($0) }
    }

    /// What arrives, as many messages at a time as there are. Not reading is the back-pressure. One reader.
    package var inbound: LinkMessages { LinkMessages(inbox: core.inbox) }

    /// Writes messages and flushes once; returns when the transport takes more. Throws ``LinkFailure``, also when
    /// the peer takes nothing for ``LinkLimits/stalledWrite``. A cancelled send ends the link.
    package func send(_ messages: [PeerMessage]) async throws {
        try await core.send(MessageBatches.encode(messages, allocator: core.channel.allocator))
    }

    /// Sends what waits if the peer takes it within a second, and ends the link: ``inbound`` ends, pending sends throw.
    package func close() async { await core.close() }
}

/// The messages of a link in the order of the wire, in batches of at least one. Ends when either side
/// closes; throws ``LinkFailure`` where the link failed.
package struct LinkMessages: AsyncSequence, Sendable {
    package typealias Element = [PeerMessage]
    package typealias Failure = any Error

    fileprivate let inbox: LinkInbox

    package func makeAsyncIterator() -> Iterator { Iterator(inbox: inbox) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let inbox: LinkInbox

        package mutating func next() async throws -> [PeerMessage]? { try await inbox.take() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> [PeerMessage]? {
            try await inbox.take()
        }
    }
}
