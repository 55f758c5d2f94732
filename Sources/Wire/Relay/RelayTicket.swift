package import Crypto

/// What the two ends of a relayed connection have in common: drawn at random by the directory, for one attempt.
package struct RelayPair: Hashable, Sendable {
    package static let byteCount = 16
    private let front, back: UInt64

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        (front, back) = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    private init(front: UInt64, back: UInt64) { (self.front, self.back) = (front, back) }

    package static func random() -> RelayPair {
        RelayPair(front: .random(in: 0...UInt64.max), back: .random(in: 0...UInt64.max))
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0) } }
}

/// The directory's word that a member may be one side of a pair at a relay, once. A relay needs the network's certificate
/// alone to know one.
package struct RelayTicket: Hashable, Sendable {
    package enum Side: UInt8, Hashable, Sendable, CaseIterable {
        /// Who wanted the connection: he is the client of TLS, and what is carried counts as his.
        case caller = 0
        case called = 1

        package var other: Side { self == .caller ? .called : .caller }
    }

    package var pair: RelayPair
    package var side: Side
    package var member: UserName
    /// Milliseconds since 1970, by the directory's clock.
    package var expiresAt: Int64

    /// How long one is good, in milliseconds: both come at once, or not at all.
    package static let lifetime: Int64 = 60_000
    /// Bytes of a sealed one, at most.
    package static let byteLimit =
        1 + 1 + UserName.maximumByteCount + RelayPair.byteCount + 8 + signatureByteCount

    /// So that no signature that the network's key made for another purpose is taken for one.
    private static let context = Array("BitTrickle relay ticket 1\0".utf8)
    /// Of P-256, both numbers in full length.
    private static let signatureByteCount = 64

    package init(pair: RelayPair, side: Side, member: UserName, expiresAt: Int64) {
        self.pair = pair
        self.side = side
        self.member = member
        self.expiresAt = expiresAt
    }

    /// The side, the name with its length before it, the pair, the expiry, and the signature over all that.
    package func sealed(by key: P256.Signing.PrivateKey) throws -> [UInt8] {
        let body =
            [side.rawValue, UInt8(member.bytes.count)] + member.bytes + pair.bytes + bigEndianBytes(expiresAt)
        return body + Array(try key.signature(for: Self.context + body).rawRepresentation)
    }

    /// Nil where the bytes are no ticket of this network.
    package init?(sealed bytes: [UInt8], by key: P256.Signing.PublicKey) {
        guard bytes.count <= Self.byteLimit, bytes.count > Self.signatureByteCount else { return nil }
        let body = Array(bytes.dropLast(Self.signatureByteCount))
        var reader = FixedLayoutReader(body)
        guard let side = reader.integer(UInt8.self).flatMap(Side.init(rawValue:)),
            let count = reader.integer(UInt8.self),
            let member = reader.take(Int(count)).flatMap({ UserName(wire: $0) }),
            let pair = reader.take(RelayPair.byteCount).flatMap({ RelayPair($0) }),
            let expiresAt = reader.integer(Int64.self), reader.isAtEnd,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes.suffix(Self.signatureByteCount)),
            key.isValidSignature(signature, for: Self.context + body)
        else { return nil }
        self.init(pair: pair, side: side, member: member, expiresAt: expiresAt)
    }
}
