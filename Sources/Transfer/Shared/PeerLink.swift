package import Wire

/// What arrives on a link, batch by batch.
package typealias InboundMessages = any AsyncSequence<[PeerMessage], any Error> & Sendable

/// One authenticated link to a member, after TLS and after the 68 bytes of the BitTorrent handshake:
/// from here on there are only messages, about one content.
///
/// Whoever makes a link has checked the certificate and the info-hash. Both ends are this one protocol: a
/// ``SwarmRun`` takes links that were dialled and links that were accepted.
package protocol PeerLink: Sendable {
    /// What arrives, in the order of the wire, as many messages at a time as there are: a reader acts once
    /// per batch. Not reading is the back-pressure; a link buffers a bounded number of bytes, no more.
    /// Ends when the peer closes; throws ``MalformedMessage`` when what comes is no message, or another error when the
    /// transport fails. Iterated once.
    var inbound: InboundMessages { get }

    /// Whom the certificate names.
    var member: UserName { get }
    var abilities: PeerAbilities { get }
    /// How it came about.
    var path: LinkPath { get }

    /// Writes the messages and flushes once. Returns when the transport takes more: one caller at a time. Throws
    /// ``ClosedByPeer`` where the peer has closed, or another error where he takes nothing for longer than the transport's
    /// patience.
    func send(_ messages: [PeerMessage]) async throws

    /// Ends the link; ``inbound`` ends, pending sends throw. May be called more than once, and while others
    /// send or read. Returns within a second, whatever the peer does, and works in a cancelled task.
    func close() async
}

/// The peer has closed the link.
package struct ClosedByPeer: Error {
    package init() {}
}

/// What a peer sent cannot be read as a message; in words, for the log.
package struct MalformedMessage: Error {
    let reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// What the peer's handshake says it understands (its reserved bits).
package struct PeerAbilities: Hashable, Sendable {
    /// BEP 6: have-all, have-none, reject.
    package var fast: Bool
    /// BEP 10: the extension handshake.
    package var extensions: Bool

    package init(fast: Bool = true, extensions: Bool = true) {
        self.fast = fast
        self.extensions = extensions
    }
}
