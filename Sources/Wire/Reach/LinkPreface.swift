import Content

/// What whoever was called writes first on a connection that he dials, before TLS: by which attempt he comes.
///
/// Who called takes the part of TLS's client on it, whoever of the two dialled: behind NATs both dial at once, and it is not
/// known whose connection comes about. TLS itself begins with another byte (22, RFC 8446 §5.1), so that a listener tells
/// both apart.
///
/// The bytes follow from the attempt by a hash: the attempt is the caller's choice, and so would be what the called one sends to
/// wherever the caller says that he listens.
package struct LinkPreface: Hashable, Sendable {
    private let digest: [UInt8]

    /// In no text, and not TLS's.
    package static let firstByte: UInt8 = 0xB7
    private static let digestByteCount = 16
    package static let byteCount = 1 + digestByteCount
    private static let context = Array("BitTrickle link preface".utf8)

    package init(attempt: AttemptID) {
        digest = Array(Hash256(hashing: Self.context + attempt.bytes).bytes.prefix(Self.digestByteCount))
    }

    /// Nil where the bytes are none.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount, bytes.first == Self.firstByte else { return nil }
        digest = Array(bytes.dropFirst())
    }

    package var encoded: [UInt8] { [Self.firstByte] + digest }
}
