import Content

/// What a datagram is: its first byte.
package enum DatagramKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Client: who are you? Padded, see ``Hello``.
    case hello = 1
    /// Server: a signed page of its session key, and a cookie.
    case helloAnswer = 2
    /// Client: cookie, key id, encapsulation.
    case open = 3
    /// Server: session id, random bytes, sealed confirmation.
    case openAnswer = 4
    /// Server: this opening must wait.
    case busy = 5
    /// Server: this cookie or this key is not (or no longer) valid; say hello again.
    case startAgain = 6
    /// Both: a message of an open session.
    case sealed = 7
    /// Server: it knows no such session.
    case unknownSession = 8
    /// Server: it does not speak this version of the hello.
    case otherVersion = 9

    package init?(of datagram: some Collection<UInt8>) {
        guard let first = datagram.first else { return nil }
        self.init(rawValue: first)
    }
}

package enum Datagram {
    /// In bytes: no datagram is longer, so that none is fragmented on any path of today's internet.
    package static let maximumByteCount = 1_200
    /// The version of the handshake that this program speaks.
    package static let version: UInt8 = 1
}

/// The number by which datagrams name a session: the server chooses it, so that it can tell which of
/// its event loops owns the session.
package struct SessionID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 8
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package var bytes: [UInt8] { bigEndianBytes(rawValue) }
    package var description: String { bytes.hex }
}
