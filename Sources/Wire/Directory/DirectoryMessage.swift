/// Names a request, so that its answers find it: chosen by the client.
package struct TransactionID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// What a sealed datagram carries: a KRPC message (BEP 5).
package enum DirectoryMessage: Hashable, Sendable {
    case request(TransactionID, DirectoryRequest)
    /// Also refusals.
    case answer(TransactionID, DirectoryAnswer)
    /// Server: a client that receives this at its new address shall send the 8 bytes back (RFC 9000 §8.2).
    case challenge([UInt8])
    case challengeAnswer([UInt8])

    /// In bytes: what fits a sealed datagram.
    package static let maximumPlaintext = SealedSession.maximumPlaintext
    package static let challengeByteCount = 8
}

/// Why bytes are not a message.
package enum DirectoryMessageError: Error, Hashable {
    /// No KRPC message: ignore it.
    case malformed
    /// A request that cannot be served as it stands: answer it with the refusal.
    case refused(TransactionID, DirectoryRefusal)
}
