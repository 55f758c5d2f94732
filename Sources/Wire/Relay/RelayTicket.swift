package import Crypto

/// The directory's word that a member may be one side of a pair at a relay, once. A relay needs the network's certificate
/// alone to know one.
package struct RelayTicket: Hashable, Sendable {
    package enum Side: UInt8, Hashable, Sendable, CaseIterable {
        /// Who wanted the connection: he is the client of TLS.
        case caller = 0
        case called = 1

        package var other: Side { self == .caller ? .called : .caller }
    }

    /// What both ends have in common: the attempt for which the directory gave the tickets.
    package var pair: AttemptID
    package var side: Side
    /// The caller, also in the other one's: what is carried, and that somebody waits, counts as his.
    package var member: UserName
    /// Milliseconds since 1970, by the directory's clock.
    package var expiresAt: Int64

    /// How long one is good, in milliseconds: both come at once, or not at all.
    package static let lifetime: Int64 = 60_000
    /// Bytes of a sealed one, at most.
    package static let byteLimit =
        1 + 1 + UserName.maximumByteCount + AttemptID.byteCount + 8 + signatureByteCount

    /// So that no signature that the network's key made for another purpose is taken for one.
    private static let context = Array("BitTrickle relay ticket 1\0".utf8)
    /// Of P-256, both numbers in full length.
    private static let signatureByteCount = 64

    package init(pair: AttemptID, side: Side, member: UserName, expiresAt: Int64) {
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
            let pair = reader.take(AttemptID.byteCount).flatMap({ AttemptID($0) }),
            let expiresAt = reader.integer(Int64.self), reader.isAtEnd,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes.suffix(Self.signatureByteCount)),
            key.isValidSignature(signature, for: Self.context + body)
        else { return nil }
        self.init(pair: pair, side: side, member: member, expiresAt: expiresAt)
    }
}
