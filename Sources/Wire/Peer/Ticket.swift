package import Content
package import Crypto

/// The directory's word that a member may have a content which is not there for everybody. Whoever holds such a content,
/// or a part of it, demands one in the extension handshake before he gives of it.
package struct Ticket: Hashable, Sendable {
    package var member: UserName
    package var content: ContentID
    /// Those of the content that are not for everybody and that the member may see: whoever has it by another one does not
    /// take the ticket. Otherwise it would be enough to publish the root of what somebody else keeps to a few.
    package var publications: [PublicationID]
    /// Milliseconds since 1970, by the directory's clock.
    package var expiry: Int64

    /// How long one is good, in milliseconds: whom a content is not for any more has it for so long from holders who do not
    /// know that.
    package static let lifetime: Int64 = 3_600_000
    /// Bytes of a sealed one.
    package static let byteLimit =
        1 + UserName.maximumByteCount + ContentID.compactByteCount + 1 + publicationLimit * PublicationID.byteCount + 8
        + signatureByteCount
    package static let publicationLimit = 16

    /// So that no signature that the network's key made for another purpose is taken for one.
    private static let context = Array("BitTrickle ticket 1\0".utf8)
    /// Of P-256, both numbers in full length.
    private static let signatureByteCount = 64

    /// - Parameter publications: At most ``publicationLimit``.
    package init(member: UserName, content: ContentID, publications: [PublicationID], expiry: Int64) {
        self.member = member
        self.content = content
        self.publications = publications
        self.expiry = expiry
    }

    /// The name with its length before it, the content, the publications with their number before them, the expiry, and the
    /// signature over all that.
    package func sealed(by key: P256.Signing.PrivateKey) throws -> [UInt8] {
        let ids = publications.prefix(Self.publicationLimit)
        var body = [UInt8(member.bytes.count)] + member.bytes + content.compact
        body += [UInt8(ids.count)] + ids.flatMap(\.compact) + bigEndianBytes(expiry)
        return body + Array(try key.signature(for: Self.context + body).rawRepresentation)
    }

    /// Nil where the bytes are no ticket of this network.
    package init?(sealed bytes: [UInt8], by key: P256.Signing.PublicKey) {
        guard bytes.count <= Self.byteLimit, bytes.count > Self.signatureByteCount else { return nil }
        let body = Array(bytes.dropLast(Self.signatureByteCount))
        var reader = FixedLayoutReader(body)
        guard let count = reader.integer(UInt8.self), let name = reader.take(Int(count)),
            let member = UserName(wire: Array(name)),
            let content = reader.take(ContentID.compactByteCount).flatMap({ ContentID(compact: Array($0)) }),
            let idCount = reader.integer(UInt8.self), Int(idCount) <= Self.publicationLimit,
            let ids = reader.take(Int(idCount) * PublicationID.byteCount),
            let expiry = reader.integer(Int64.self), reader.isAtEnd,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes.suffix(Self.signatureByteCount)),
            key.isValidSignature(signature, for: Self.context + body)
        else { return nil }
        let publications = stride(from: 0, to: ids.count, by: PublicationID.byteCount).compactMap {
            PublicationID(compact: Array(ids[$0..<$0 + PublicationID.byteCount]))
        }
        self.init(member: member, content: content, publications: publications, expiry: expiry)
    }
}
