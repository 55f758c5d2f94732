/// The server's answer to a sealed datagram of a session that it does not know (it was restarted, or the
/// session ended): `kind ‖ session id ‖ counter`, an echo of the datagram's front.
///
/// Nothing authenticates it, so it may never end a session. It makes the client open a second one
/// beside the first. It is always shorter than what it answers, and costs the server nothing.
package struct UnknownSessionHint: Hashable, Sendable {
    package static let byteCount = SessionCipher.headerByteCount

    package let session: SessionID
    package let counter: UInt64

    /// Nil unless the datagram is such a hint.
    package init?(_ datagram: [UInt8]) {
        guard datagram.count == Self.byteCount, DatagramKind(of: datagram) == .unknownSession else { return nil }
        var reader = FixedLayoutReader(datagram, from: 1)
        guard let session = reader.integer(UInt64.self), let counter = reader.integer(UInt64.self) else { return nil }
        self.session = SessionID(rawValue: session)
        self.counter = counter
    }

    /// The hint about a sealed datagram; nil for all others.
    package static func answer(to datagram: [UInt8]) -> [UInt8]? { datagram.withUnsafeBytes { answer(to: $0) } }

    package static func answer(to datagram: UnsafeRawBufferPointer) -> [UInt8]? {
        guard SealedSession.id(of: datagram) != nil, DatagramKind(of: datagram) == .sealed else { return nil }
        return [DatagramKind.unknownSession.rawValue] + datagram[1..<byteCount]
    }
}
