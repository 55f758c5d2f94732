import NIOCore
package import Wire

/// A member who dialled us and has said which content he wants, and waits to hear whether he gets it.
package struct IncomingLink: Sendable {
    private let greeting: PeerGreeting
    private let core: LinkCore

    package var certificate: MemberCertificate { greeting.certificate }
    package var member: UserName { certificate.user }
    package var handshake: PeerHandshake { greeting.handshake }

    init(core: LinkCore, greeting: PeerGreeting) {
        self.core = core
        self.greeting = greeting
    }

    /// Answers with our handshake, which must name the same content.
    package func accept(_ answer: PeerHandshake) async throws -> AuthenticatedLink {
        var buffer = core.channel.allocator.buffer(capacity: PeerHandshake.byteCount)
        answer.encode(into: &buffer)
        try await core.send([buffer])
        return AuthenticatedLink(core: core, greeting: greeting)
    }

    /// Ends the connection without a word: BEP 3 knows no other refusal.
    package func refuse() async { await core.close() }
}
