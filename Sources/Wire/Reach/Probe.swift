/// What a member has the directory try from where it is, towards the address at which it sees him and no other.
package enum Probe: Hashable, Sendable {
    /// Dials the port on which he listens, and those that lead to it.
    case listening
    /// Opens another UDP port for some seconds, and knocks from there: see ``Knock``.
    case crossing(KnockID)
}

/// What came of dialling one place where a member says that he listens.
package struct DialledBack: Hashable, Sendable {
    package enum Outcome: Int64, Hashable, Sendable, CaseIterable {
        case open = 0
        /// Nothing listens there, or something in between says so.
        case refused = 1
        /// Nothing came back in time.
        case silent = 2
    }

    package var endpoint: Endpoint
    package var outcome: Outcome

    package static let limit = 8

    package init(_ endpoint: Endpoint, _ outcome: Outcome) {
        self.endpoint = endpoint
        self.outcome = outcome
    }
}

/// Another UDP port of the server's, open for some seconds.
package struct Crossing: Hashable, Sendable {
    /// As whom the server sees the member's session.
    package var seen: Endpoint
    package var port: UInt16

    package init(seen: Endpoint, port: UInt16) {
        self.seen = seen
        self.port = port
    }
}

/// 8 random bytes that name one look at how datagrams cross what translates addresses, chosen by who asks for it.
package struct KnockID: Hashable, Sendable {
    package static let byteCount = 8
    private let value: UInt64

    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    package static func random(using generator: inout some RandomNumberGenerator) -> KnockID {
        KnockID(generator.next())
    }

    package static func random() -> KnockID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    private init(_ value: UInt64) { self.value = value }

    package var bytes: [UInt8] { bigEndianBytes(value) }
}

/// The datagrams between a member and a ``Crossing``: whether the first comes says what is let in, and as whom the last sees
/// him whether he is the same to every port.
package enum Knock: Hashable, Sendable {
    /// Server: unasked, to where the session is.
    case knock(KnockID)
    /// Member: as whom am I seen? Padded, so that the answer is never longer.
    case ask(KnockID)
    /// Server, to where that came from.
    case seen(KnockID, Endpoint)

    private static let kinds: (knock: UInt8, ask: UInt8, seen: UInt8) = (0x6B, 0x61, 0x73)
    package static let askByteCount = 32

    package init?(_ bytes: [UInt8]) {
        guard let kind = bytes.first, let id = KnockID(bytes.dropFirst().prefix(KnockID.byteCount)) else { return nil }
        let rest = Array(bytes.dropFirst(1 + KnockID.byteCount))
        switch kind {
        case Self.kinds.knock where rest.isEmpty: self = .knock(id)
        case Self.kinds.ask where bytes.count == Self.askByteCount: self = .ask(id)
        case Self.kinds.seen:
            guard rest.count > 2,
                let endpoint = Endpoint(
                    address: Array(rest.dropLast(2)), port: rest.suffix(2).reduce(0) { $0 << 8 | UInt16($1) })
            else { return nil }
            self = .seen(id, endpoint)
        default: return nil
        }
    }

    package var encoded: [UInt8] {
        switch self {
        case .knock(let id): [Self.kinds.knock] + id.bytes
        case .ask(let id):
            [Self.kinds.ask] + id.bytes + [UInt8](repeating: 0, count: Self.askByteCount - 1 - KnockID.byteCount)
        case .seen(let id, let endpoint):
            [Self.kinds.seen] + id.bytes + endpoint.address + bigEndianBytes(endpoint.port)
        }
    }
}
